import http from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { isWrapped } from '@opentelemetry/instrumentation';
import { activeInstrumentations } from '../../instrumentation/register-instrumentations.js';
import {
  driversWithoutSpans,
  instrumentationDiagnostics,
} from '../../instrumentation/third-party.js';
import {
  optionNames,
  optionTable,
  type OptionName,
  type OptionRow,
} from '../../options/option-table.js';
import type { Settings } from '../../options/settings.js';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { grpcSupport } from '../patches/grpc-support.js';
import { hasThirdPartyHandlerSpans } from '../patches/handler-spans.js';
import { hasTcpSupport } from '../patches/tcp-support.js';

/** What is on, in one line: each setting and where it came from, and what is instrumented (rule 25). */
function startLine(
  settings: Settings,
  destination: string | undefined,
  instrumented: readonly string[],
): string {
  const others = optionNames.filter(
    (option) => !isAlwaysReported(option) && settings.sources[option] !== 'default',
  );
  const told = [...optionNames.filter(isAlwaysReported), ...others]
    .map((option) => [option, reported(option, settings)] as const)
    .filter(([, text]) => text !== '')
    .map(([option, text]) => `${option} ${text} (${settings.sources[option]})`)
    .join(', ');
  return destination === undefined
    ? `Tracing is off, and incoming traces pass through: ${told}.`
    : `Tracing is on: ${told}; spans go to ${destination}; instrumented: ${instrumented.join(', ')}.`;
}

function isAlwaysReported(option: OptionName): boolean {
  return optionTable[option].isAlwaysReported === true;
}

function reported<K extends OptionName>(option: K, settings: Settings): string {
  const row: OptionRow<Settings[K]> = optionTable[option];
  return row.report(settings[option]);
}

const HTTP = '@opentelemetry/instrumentation-http';
const UNDICI = '@opentelemetry/instrumentation-undici';

/** Who makes the spans of HTTP: where an instrumentation of others does, we make none beside it. */
function thirdPartyHttp(app: NestTracingApp): {
  readonly servers: string;
  readonly outgoing: string;
  readonly faults: readonly string[];
} {
  const isThirdPartyServer = isWrapped(http.Server.prototype.emit);
  const outgoing = [
    ...(isWrapped(http.request) ? [`http by ${HTTP}`] : []),
    ...(app.hasTracerOf(UNDICI) ? [`fetch by ${UNDICI}`] : []),
  ];
  return {
    servers: `HTTP servers${isThirdPartyServer ? ` (by ${HTTP})` : ''}`,
    outgoing: `outgoing HTTP${outgoing.length > 0 ? ` (${outgoing.join(', ')})` : ''}`,
    faults: isThirdPartyServer
      ? [
          `${HTTP} makes the spans of HTTP servers, so \`ignore\` and \`publicEndpoint\` do not hold ` +
            'for them. With its option `disableIncomingRequestInstrumentation` nestjs-tracing does.',
        ]
      : [],
  };
}

/** What is told of an instrumentation that came after the start. */
function lateThirdPartyHttp(instrumentation: string): string | undefined {
  if (instrumentation !== HTTP && instrumentation !== UNDICI) return undefined;
  return (
    `${instrumentation} is there too. What it makes spans of, nestjs-tracing makes none of from here ` +
    'on, and `ignore`, `publicEndpoint` and `propagateTo` do not hold for it. To leave all of it to ' +
    'nestjs-tracing, do not construct it.'
  );
}

const GRPC_INSTRUMENTATION = '@opentelemetry/instrumentation-grpc';

const thirdPartyGrpc =
  `${GRPC_INSTRUMENTATION} was there before, so the gRPC spans are its own, and \`ignore\` and ` +
  '`publicEndpoint` do not hold for gRPC calls. Remove it, or start with ' +
  'OTEL_NODE_DISABLED_INSTRUMENTATIONS=grpc, and nestjs-tracing makes them.';

interface Surroundings {
  readonly hasHttpServer: boolean;
  /** Whose logger it is, in words. */
  readonly loggerOrigin: string | undefined;
}

/** Says at start what is on, what cannot be, and how to mend that (rule 25). */
export function reportStartup(
  app: NestTracingApp,
  logger: LoggerService,
  { hasHttpServer, loggerOrigin }: Surroundings,
): void {
  const { settings, sdk } = app;
  const instrumentations = activeInstrumentations(settings);
  const grpc = grpcSupport();
  const isThirdPartyGrpc = grpc?.isTracedByThirdParty() === true;
  const http = thirdPartyHttp(app);
  const instrumented = [
    ...(hasHttpServer ? [http.servers] : []),
    http.outgoing,
    ...(grpc === undefined
      ? []
      : [`gRPC servers and clients${isThirdPartyGrpc ? ` (by ${GRPC_INSTRUMENTATION})` : ''}`]),
    ...(hasTcpSupport() ? ['TCP messages'] : []),
    ...(settings.handlerSpans ? [handlers()] : []),
    `log lines of ${loggerOrigin ?? 'nobody'}`,
    ...instrumentations.map((one) => one.instrumentationName),
  ];
  const line = startLine(settings, sdk.destination, instrumented);
  logger.log(line);
  if (sdk.destination === undefined) return;
  for (const fault of instrumentationDiagnostics(settings)) logger.warn(fault);
  if (isThirdPartyGrpc) logger.warn(thirdPartyGrpc);
  if (hasHttpServer) for (const fault of http.faults) logger.warn(fault);
  sdk.knownScopes.whenNew = (name) => {
    const told = lateThirdPartyHttp(name);
    if (told !== undefined && !line.includes(name)) logger.warn(told);
  };
  const drivers = driversWithoutSpans(instrumentations);
  if (drivers !== undefined) logger.log(drivers);
}

function handlers(): string {
  return `handlers${hasThirdPartyHandlerSpans() ? ' (of HTTP by @opentelemetry/instrumentation-nestjs-core)' : ''}`;
}
