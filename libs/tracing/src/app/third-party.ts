import { SpanKind, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';

/** Describes a third-party instrumentation of something that this library traces too. */
export interface KnownInstrumentation {
  /** The name of its package, which is also the name of its tracer. */
  readonly name: string;
  /** What this library traces if it is not active. */
  readonly traces: string;
  /** What it traces instead of this library if it is active. */
  readonly creates: string;
  /** What does not apply to its spans. */
  readonly lost: string;
  /** Whether it created the client span with these attributes. */
  readonly isClientSpan?: (attributes: Attributes) => boolean;
  /** What to do if it was loaded before the app. */
  readonly advice?: string;
}

export const httpInstrumentation: KnownInstrumentation = {
  name: '@opentelemetry/instrumentation-http',
  traces: 'HTTP servers and outgoing HTTP',
  creates: 'HTTP servers and calls with `http` and `https`, if it patches them',
  lost: '`ignore`, `publicEndpoint`, `propagateTo`',
  isClientSpan: (attributes) => 'http.request.method' in attributes || 'http.method' in attributes,
  advice:
    '@opentelemetry/instrumentation-http creates the spans of HTTP servers, so `ignore` and ' +
    '`publicEndpoint` do not apply to them. To let nestjs-tracing create these spans, set its option ' +
    '`disableIncomingRequestInstrumentation`.',
};

export const undiciInstrumentation: KnownInstrumentation = {
  name: '@opentelemetry/instrumentation-undici',
  traces: 'outgoing HTTP',
  creates: 'calls with `fetch` and the package `undici`',
  lost: '`propagateTo`, redaction of secrets',
};

export const grpcInstrumentation: KnownInstrumentation = {
  name: '@opentelemetry/instrumentation-grpc',
  traces: 'gRPC servers and clients',
  creates: 'gRPC servers and clients, if it is loaded before the app',
  lost: '`ignore`, `publicEndpoint`',
  isClientSpan: (attributes) =>
    (attributes['rpc.system'] ?? attributes['rpc.system.name']) === 'grpc',
  advice:
    '@opentelemetry/instrumentation-grpc was loaded before the app and creates the gRPC spans, so ' +
    '`ignore` and `publicEndpoint` do not apply to them. To let nestjs-tracing create these spans, remove ' +
    'it, or set OTEL_NODE_DISABLED_INSTRUMENTATIONS=grpc.',
};

export const nestInstrumentation: KnownInstrumentation = {
  name: '@opentelemetry/instrumentation-nestjs-core',
  traces: 'handlers',
  creates: 'handlers of HTTP requests, on Nest 11',
  lost: 'the rules of nestjs-tracing for errors and Observables',
};

const pinoInstrumentation: KnownInstrumentation = {
  name: '@opentelemetry/instrumentation-pino',
  traces: 'log lines',
  creates: 'the IDs on log lines, in addition',
  lost: 'a single copy of each ID per line',
};

/** The table from which the startup line and docs/instrumentations.md list them. */
export const knownInstrumentations: readonly KnownInstrumentation[] = [
  httpInstrumentation,
  undiciInstrumentation,
  grpcInstrumentation,
  nestInstrumentation,
  pinoInstrumentation,
];

/** A span of the SDK, with properties that the API does not have. */
interface ReadableSpan extends Span {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

/**
 * Whether a third-party instrumentation created the client span of the current call: its span is active
 * while it makes the call. Other outer client spans, such as that of an AWS SDK call, do not count.
 */
export function isClientSpanOf({ isClientSpan }: KnownInstrumentation, context: Context): boolean {
  const span: ReadableSpan | undefined = trace.getSpan(context);
  if (span === undefined || span instanceof DeferredSpan) return false;
  // A callback may run in the context of the call before it, whose span has ended.
  if (span.kind !== SpanKind.CLIENT || !span.isRecording()) return false;
  return span.attributes !== undefined && isClientSpan?.(span.attributes) === true;
}
