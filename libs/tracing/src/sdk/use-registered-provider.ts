import {
  propagation,
  type Context,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import { AskedTracers } from './asked-tracers.js';
import type { Sdk } from './sdk.js';

/**
 * Somebody else (Sentry, an ADOT preload, a hand-written `tracing.ts`) has set OpenTelemetry up: our
 * spans and headers go their way, and no exporter of ours is started.
 */
export function useRegisteredProvider(tracerProvider: TracerProvider): Sdk {
  const askedTracers = new AskedTracers();
  const stopListening = askedTracers.listen(tracerProvider);
  return {
    destination:
      'the tracer provider that was registered before, so no exporter of ours is started',
    isForeign: true,
    tracerProvider,
    askedTracers,
    propagator: globalPropagator,
    shutdown: () => Promise.resolve(stopListening()),
  };
}

const globalPropagator: TextMapPropagator = {
  inject: (context: Context, carrier: unknown, setter) =>
    propagation.inject(context, carrier, setter),
  extract: (context: Context, carrier: unknown, getter) =>
    propagation.extract(context, carrier, getter),
  fields: () => propagation.fields(),
};
