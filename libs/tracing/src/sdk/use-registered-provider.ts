import {
  propagation,
  type Context,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import { AskedTracers, noteAskedNames } from './asked-tracers.js';
import { claimGlobals } from './globals.js';
import type { Sdk } from './sdk.js';

/**
 * Somebody else (Sentry, an ADOT preload, a hand-written `tracing.ts`) has set OpenTelemetry up: our
 * spans and headers go their way, and no exporter of ours is started.
 */
export function useRegisteredProvider(tracerProvider: TracerProvider): Sdk {
  const globals = claimGlobals();
  const asked = noteAskedNames(tracerProvider);
  const askedTracers = new AskedTracers([], asked.names);
  return {
    destination:
      'the tracer provider that was registered before, so no exporter of ours is started',
    isForeign: true,
    tracerProvider,
    askedTracers,
    propagator: globalPropagator,
    shutdown: async () => {
      askedTracers.stop();
      asked.stop();
      globals.release();
    },
  };
}

const globalPropagator: TextMapPropagator = {
  inject: (context: Context, carrier: unknown, setter) =>
    propagation.inject(context, carrier, setter),
  extract: (context: Context, carrier: unknown, getter) =>
    propagation.extract(context, carrier, getter),
  fields: () => propagation.fields(),
};
