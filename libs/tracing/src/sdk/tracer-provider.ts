import { trace, type TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { IdGenerator } from '@opentelemetry/sdk-trace';
import type { Settings } from '../options/settings.js';
import { isTraceIdOnly } from '../propagation/remote-parent.js';
import { randomIds } from '../record/random-ids.js';
import {
  RecordingTracerProvider,
  type RecordIdGenerator,
  type RecordingParts,
} from '../record/tracer-provider.js';
import { apiGlobals } from './api-globals.js';
import type { GlobalsClaim } from './globals.js';
import { globalPropagator } from './routing.js';
import type { ControllableSampler } from './sampler.js';
import { withVariables } from './with-variables.js';

/** Generates IDs. The first span in the context of a trace-id-only parent gets that trace ID (rule 16). */
export function traceIds(ids: IdGenerator = randomIds): RecordIdGenerator {
  return {
    generateTraceId(scope) {
      const caller = isTraceIdOnly(scope) ? trace.getSpanContext(scope) : undefined;
      return caller?.traceId ?? ids.generateTraceId();
    },
    generateSpanId: () => ids.generateSpanId(),
  };
}

interface OwnProvider {
  readonly tracerProvider: TracerProvider;
  /** Exports the ended spans. */
  flush(): Promise<void>;
  /** Exports the ended spans, and ends. */
  shutdown(): Promise<void>;
}

/**
 * Creates the tracer provider of an app. For the first app of the process, the `NodeSDK` of OpenTelemetry sets
 * up everything else; it can do so only once.
 */
export function createTracerProvider(
  parts: RecordingParts,
  globals: GlobalsClaim,
  { diagnosticsLevel }: Settings,
): OwnProvider {
  const tracerProvider = new RecordingTracerProvider(parts);
  const nodeSdk = globals.isFirst
    ? startNodeSdk(parts.resource, globals, diagnosticsLevel)
    : undefined;
  return {
    tracerProvider,
    flush: () => tracerProvider.forceFlush(),
    async shutdown() {
      await tracerProvider.shutdown();
      await nodeSdk?.shutdown();
    },
  };
}

/** `NodeSDK` has no options for these variables, so they are replaced while it starts. */
function startNodeSdk(
  resource: Resource,
  globals: GlobalsClaim,
  diagnosticsLevel: string | undefined,
): NodeSDK | undefined {
  const variables = {
    OTEL_SDK_DISABLED: undefined,
    // A logger provider would start, and an empty list would still register one globally.
    OTEL_LOGS_EXPORTER: 'none',
    // The logger of a third party is kept.
    OTEL_LOG_LEVEL: apiGlobals()?.diag === undefined ? diagnosticsLevel : undefined,
  };
  return withVariables(variables, () => {
    let sdk: NodeSDK | undefined;
    globals.register(() => {
      sdk = new NodeSDK({
        autoDetectResources: false,
        resource,
        // There is a context manager already. The types lack `null`, by which NodeSDK registers none.
        contextManager: null as never,
        textMapPropagator: globalPropagator,
        // The tracer provider is created by this library.
        spanProcessors: [],
        // Without this option, a meter provider would start and send to port 4318.
        metricReaders: [],
      });
      sdk.start();
    });
    return sdk;
  });
}

/** The parts of a tracer provider, beside its span processors. */
export type SdkParts = Omit<RecordingParts, 'resource' | 'sampler' | 'spanProcessors'> & {
  readonly resource: Resource;
  readonly sampler: ControllableSampler;
};
