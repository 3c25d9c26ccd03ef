import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { activeInstrumentations } from '../instrumentation/registered.js';
import type { Settings } from '../settings/settings.js';
import { createPropagator } from './create-propagator.js';
import { createSdkParts } from './create-sdk-parts.js';
import type { Sdk } from './sdk.js';
import type { SpanOutput } from './span-output.js';
import { withVariables } from './with-variables.js';
import { withinTime } from './within-time.js';
import type { XRayParts } from './xray/xray-parts.js';

/** The SDK as OpenTelemetry's own `NodeSDK` sets it up, registered globally. */
export function startNodeSdk(
  settings: Settings,
  output: SpanOutput,
  release: () => void,
  xray: XRayParts,
): Sdk {
  // Before anything is made that may ask something by HTTP, which is not to be traced.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { stop, ...parts } = createSdkParts(settings, xray);
  const propagator = createPropagator(settings);
  const sdk = new NodeSDK({
    autoDetectResources: false,
    ...parts,
    // Which its types do not tell: there is one already.
    contextManager: null as never,
    textMapPropagator: propagator,
    spanProcessors: [...settings.spanProcessors, output.processor],
    instrumentations: [...activeInstrumentations(settings)],
    // Traces only: left out, a meter provider would start and post to port 4318.
    metricReaders: [],
  });
  // So would a logger provider, which an empty list would still register globally.
  withVariables({ OTEL_LOGS_EXPORTER: 'none' }, () => sdk.start());
  return {
    destination: output.destination,
    isForeign: false,
    tracerProvider: trace.getTracerProvider(),
    propagator,
    shutdown: () =>
      withinTime(sdk.shutdown(), settings.shutdownTimeout).finally(() => {
        stop();
        release();
      }),
  };
}
