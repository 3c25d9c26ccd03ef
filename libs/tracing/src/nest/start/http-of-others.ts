import http from 'node:http';
import { isWrapped } from '@opentelemetry/instrumentation';
import type { NestTracingApp } from '../nest-tracing-app.js';

const HTTP = '@opentelemetry/instrumentation-http';
const UNDICI = '@opentelemetry/instrumentation-undici';

/** Who makes the spans of HTTP: where an instrumentation of others does, we make none beside it. */
export function httpOfOthers(app: NestTracingApp): {
  readonly servers: string;
  readonly outgoing: string;
  readonly faults: readonly string[];
} {
  const isServerOfOthers = isWrapped(http.Server.prototype.emit);
  const outgoing = [
    ...(isWrapped(http.request) ? [`http by ${HTTP}`] : []),
    ...(app.hasTracerOf(UNDICI) ? [`fetch by ${UNDICI}`] : []),
  ];
  return {
    servers: `HTTP servers${isServerOfOthers ? ` (by ${HTTP})` : ''}`,
    outgoing: `outgoing HTTP${outgoing.length > 0 ? ` (${outgoing.join(', ')})` : ''}`,
    faults: isServerOfOthers
      ? [
          `${HTTP} makes the spans of HTTP servers, so \`ignore\` and \`publicEndpoint\` do not hold ` +
            'for them. With its option `disableIncomingRequestInstrumentation` nestjs-tracing does.',
        ]
      : [],
  };
}

/** What is told of an instrumentation that came after the start. */
export function lateHttpOfOthers(instrumentation: string): string | undefined {
  if (instrumentation !== HTTP && instrumentation !== UNDICI) return undefined;
  return (
    `${instrumentation} is there too. What it makes spans of, nestjs-tracing makes none of from here ` +
    'on, and `ignore`, `publicEndpoint` and `propagateTo` do not hold for it. To leave all of it to ' +
    'nestjs-tracing, do not construct it.'
  );
}
