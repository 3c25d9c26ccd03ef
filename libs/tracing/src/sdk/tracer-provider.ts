import { context, trace, ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api';
import { getNumberFromEnv } from '@opentelemetry/core';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  RandomIdGenerator,
  type IdGenerator,
  TracerProvider as SdkTracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { isParentless } from '../propagation/remote-parent.js';
import { clockedProvider } from '../span/clock.js';
import { apiGlobals, type GlobalsClaim } from './globals.js';
import { globalPropagator, globalTracerProvider } from './routing.js';
import { type SdkParts, withVariables } from './start-sdk.js';

/** Ids for new traces, and for the first span of a trace that a caller has named (rule 16). */
export function traceIds(ids: IdGenerator = new RandomIdGenerator()): IdGenerator {
  return {
    generateTraceId() {
      const active = context.active();
      const named = isParentless(active) ? trace.getSpanContext(active)?.traceId : undefined;
      return named ?? ids.generateTraceId();
    },
    generateSpanId: () => ids.generateSpanId(),
  };
}

/** The limits of spans, as `OTEL_*_LIMIT` say. */
export interface Limits {
  readonly attributeCountLimit: number | undefined;
  readonly attributeValueLengthLimit: number;
  readonly eventCountLimit: number;
  readonly linkCountLimit: number | undefined;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number | undefined;
}

/** The defaults of the SDK stand where they are told by nobody. */
export function spanLimits(): Limits {
  return {
    attributeCountLimit: limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    attributeValueLengthLimit:
      limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ??
      Infinity,
    eventCountLimit: limit('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? 128,
    linkCountLimit: limit('OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? 128,
    attributePerLinkCountLimit: limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
  };
}

function limit(...variables: string[]): number | undefined {
  return variables
    .map((variable) => getNumberFromEnv(variable))
    .find((value) => value !== undefined && value >= 0);
}

interface ProviderParts extends SdkParts {
  readonly spanProcessors: SpanProcessor[];
}

interface OwnProvider {
  readonly tracerProvider: TracerProvider;
  /** Exports what has ended. */
  shutdown(): Promise<void>;
}

/**
 * The tracer provider of an app. OpenTelemetry's own `NodeSDK` sets up that of the first app of the
 * process; it does so once.
 */
export function createTracerProvider(parts: ProviderParts, globals: GlobalsClaim): OwnProvider {
  if (globals.isFirst) return startNodeSdk(parts, globals);
  const tracerProvider = new SdkTracerProvider(parts);
  return {
    tracerProvider: clockedProvider(tracerProvider),
    shutdown: () => tracerProvider.shutdown(),
  };
}

function startNodeSdk(parts: ProviderParts, globals: GlobalsClaim): OwnProvider {
  const variables = {
    // A logger provider would start, and an empty list would still register one globally.
    OTEL_LOGS_EXPORTER: 'none',
    // The logger of a third party is kept.
    ...(apiGlobals()?.diag !== undefined && { OTEL_LOG_LEVEL: undefined }),
  };
  return withVariables(variables, () => {
    let tracerProvider: TracerProvider | undefined;
    let sdk: NodeSDK | undefined;
    globals.register(() => {
      sdk = new NodeSDK({
        autoDetectResources: false,
        ...parts,
        // Which its types do not tell: there is one already.
        contextManager: null as never,
        textMapPropagator: globalPropagator,
        // Traces only: left out, a meter provider would start and post to port 4318.
        metricReaders: [],
      });
      sdk.start();
      const registered = trace.getTracerProvider();
      if (!(registered instanceof ProxyTracerProvider)) return;
      tracerProvider = clockedProvider(registered.getDelegate());
      // The tracers too that were asked for before are to serve every app.
      registered.setDelegate(globalTracerProvider);
    });
    if (tracerProvider === undefined) throw new Error('NodeSDK has registered no tracer provider');
    return { tracerProvider, shutdown: () => sdk?.shutdown() ?? Promise.resolve() };
  });
}
