import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { Settings } from '../settings/settings.js';
import { clockedTracer } from '../span/clocked-tracer.js';
import { AskedTracers } from './asked-tracers.js';
import { createPropagator } from './create-propagator.js';
import { createSdkParts } from './create-sdk-parts.js';
import { lateEventsLimit } from './late-events-limit.js';
import type { Sdk } from './sdk.js';
import type { SpanOutput } from './span-output.js';
import { withinTime } from './within-time.js';
import type { XRayParts } from './xray/xray-parts.js';

/** A provider for a further app of the process, beside the one that has the globals. */
export function startFurtherSdk(settings: Settings, output: SpanOutput, xray: XRayParts): Sdk {
  const { stop, ...parts } = createSdkParts(settings, xray);
  const tracerProvider = new TracerProvider({
    ...parts,
    spanProcessors: [...settings.spanProcessors, output.processor],
  });
  const askedTracers = new AskedTracers();
  askedTracers.listen(tracerProvider, clockedTracer);
  for (const instrumentation of settings.instrumentations) {
    instrumentation.setTracerProvider(tracerProvider);
  }
  return {
    destination: output.destination,
    isForeign: false,
    lateEvents: lateEventsLimit(settings, output, parts.spanLimits),
    tracerProvider,
    askedTracers,
    propagator: createPropagator(settings),
    shutdown: () => withinTime(tracerProvider.shutdown(), settings.shutdownTimeout).finally(stop),
  };
}
