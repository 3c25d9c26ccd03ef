import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { activeInstrumentations } from '../instrumentation/registered.js';
import type { Settings } from '../settings/settings.js';
import { clockedTracer } from '../span/clocked-tracer.js';
import { AskedTracers } from './asked-tracers.js';
import { createPropagator } from './create-propagator.js';
import { createSdkParts } from './create-sdk-parts.js';
import { lateEventsLimit } from './late-events-limit.js';
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
  const instrumentations = activeInstrumentations(settings);
  const sdk = new NodeSDK({
    autoDetectResources: false,
    ...parts,
    // Which its types do not tell: there is one already.
    contextManager: null as never,
    textMapPropagator: propagator,
    spanProcessors: [...settings.spanProcessors, output.processor],
    instrumentations: [...instrumentations],
    // Traces only: left out, a meter provider would start and post to port 4318.
    metricReaders: [],
  });
  // So would a logger provider, which an empty list would still register globally.
  withVariables({ OTEL_LOGS_EXPORTER: 'none' }, () => sdk.start());
  const tracerProvider = trace.getTracerProvider();
  // Those that are given have their tracers by now.
  const askedTracers = new AskedTracers(instrumentations.map((one) => one.instrumentationName));
  askedTracers.listen(tracerProvider, clockedTracer);
  return {
    destination: output.destination,
    isForeign: false,
    lateEvents: lateEventsLimit(settings, output, parts.spanLimits),
    tracerProvider,
    askedTracers,
    propagator,
    shutdown: () =>
      withinTime(sdk.shutdown(), settings.shutdownTimeout).finally(() => {
        stop();
        release();
      }),
  };
}
