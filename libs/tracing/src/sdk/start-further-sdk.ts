import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { Settings } from '../settings/settings.js';
import { createPropagator } from './create-propagator.js';
import { createResource } from './create-resource.js';
import { createSampler } from './create-sampler.js';
import type { Sdk } from './sdk.js';
import type { SpanOutput } from './span-output.js';
import { withinTime } from './within-time.js';

/** A provider for a further app of the process, beside the one that has the globals. */
export function startFurtherSdk(settings: Settings, output: SpanOutput): Sdk {
  const tracerProvider = new TracerProvider({
    resource: createResource(settings),
    sampler: createSampler(settings.sampling),
    spanProcessors: [...settings.spanProcessors, output.processor],
  });
  for (const instrumentation of settings.instrumentations) {
    instrumentation.setTracerProvider(tracerProvider);
  }
  return {
    destination: output.destination,
    isForeign: false,
    tracerProvider,
    propagator: createPropagator(settings),
    shutdown: () => withinTime(tracerProvider.shutdown(), settings.shutdownTimeout),
  };
}
