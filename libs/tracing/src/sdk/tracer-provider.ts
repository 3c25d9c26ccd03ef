import { context, trace, ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  RandomIdGenerator,
  type IdGenerator,
  TracerProvider as SdkTracerProvider,
  type SpanProcessor,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Settings, SpanLimits } from '../options/settings.js';
import { isTraceIdOnly } from '../propagation/remote-parent.js';
import { clockedProvider } from '../span/clock.js';
import { apiGlobals } from './api-globals.js';
import type { GlobalsClaim } from './globals.js';
import { globalPropagator, globalTracerProvider } from './routing.js';
import { withVariables } from './with-variables.js';

/** Ids for new traces, and for the first span of a trace that a caller has named (rule 16). */
export function traceIds(ids: IdGenerator = new RandomIdGenerator()): IdGenerator {
  return {
    generateTraceId() {
      const active = context.active();
      const named = isTraceIdOnly(active) ? trace.getSpanContext(active)?.traceId : undefined;
      return named ?? ids.generateTraceId();
    },
    generateSpanId: () => ids.generateSpanId(),
  };
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
export function createTracerProvider(
  parts: ProviderParts,
  globals: GlobalsClaim,
  { diagnosticsLevel }: Settings,
): OwnProvider {
  if (globals.isFirst) return startNodeSdk(parts, globals, diagnosticsLevel);
  const tracerProvider = new SdkTracerProvider(parts);
  return {
    tracerProvider: clockedProvider(tracerProvider),
    shutdown: () => tracerProvider.shutdown(),
  };
}

/** `NodeSDK` has no options for what these variables say, so it is shown what the settings say. */
function startNodeSdk(
  parts: ProviderParts,
  globals: GlobalsClaim,
  diagnosticsLevel: string | undefined,
): OwnProvider {
  const variables = {
    OTEL_SDK_DISABLED: undefined,
    // A logger provider would start, and an empty list would still register one globally.
    OTEL_LOGS_EXPORTER: 'none',
    // The logger of a third party is kept.
    OTEL_LOG_LEVEL: apiGlobals()?.diag === undefined ? diagnosticsLevel : undefined,
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

/** What a tracer provider is made of, beside its span processors. */
export interface SdkParts {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly idGenerator: IdGenerator;
  readonly spanLimits: SpanLimits;
}
