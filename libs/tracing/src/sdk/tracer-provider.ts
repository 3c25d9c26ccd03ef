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

/** Generates IDs. The first span in the context of a trace-id-only parent gets that trace ID (rule 16). */
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
  /** Exports the ended spans. */
  shutdown(): Promise<void>;
}

/**
 * Creates the tracer provider of an app. The `NodeSDK` of OpenTelemetry creates that of the first app in the
 * process; it can do so only once.
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

/** `NodeSDK` has no options for these variables, so they are replaced while it starts. */
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
        // There is a context manager already. The types lack `null`, by which NodeSDK registers none.
        contextManager: null as never,
        textMapPropagator: globalPropagator,
        // Without this option, a meter provider would start and send to port 4318.
        metricReaders: [],
      });
      sdk.start();
      const registered = trace.getTracerProvider();
      if (!(registered instanceof ProxyTracerProvider)) return;
      tracerProvider = clockedProvider(registered.getDelegate());
      // Tracers that were requested before must serve every app too.
      registered.setDelegate(globalTracerProvider);
    });
    if (tracerProvider === undefined) throw new Error('NodeSDK has registered no tracer provider');
    return { tracerProvider, shutdown: () => sdk?.shutdown() ?? Promise.resolve() };
  });
}

/** The parts of a tracer provider except its span processors. */
export interface SdkParts {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly idGenerator: IdGenerator;
  readonly spanLimits: SpanLimits;
}
