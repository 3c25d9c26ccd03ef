import { ProxyTracerProvider, type TextMapPropagator } from '@opentelemetry/api';
import { activeInstrumentations } from '../instrumentation/registered.js';
import type { Settings } from '../settings/settings.js';
import { withMadeUpCaller } from '../span/incoming/parentless.js';
import { AskedTracers } from './asked-tracers.js';
import { createPropagator } from './create-propagator.js';
import { claimGlobals } from './globals.js';
import type { Sdk } from './sdk.js';

/**
 * Backend `none`: nothing is recorded, but a trace that comes in goes on to the next service. The
 * API's own no-op tracer does that: its spans carry the ids of their parent.
 */
export function passThrough(settings: Settings): Sdk {
  const propagator = withCallers(createPropagator(settings));
  const tracerProvider = new ProxyTracerProvider();
  const globals = claimGlobals();
  globals.serve({ tracerProvider, propagator, mayRecord: false });
  return {
    destination: undefined,
    isForeign: false,
    tracerProvider,
    // Constructed, they carry the trace on as well.
    askedTracers: new AskedTracers(
      activeInstrumentations(settings).map((one) => one.instrumentationName),
    ),
    propagator,
    shutdown: () => Promise.resolve(globals.release()),
  };
}

/** No span is made here that could be the first of a trace. */
function withCallers(propagator: TextMapPropagator): TextMapPropagator {
  return {
    inject: (context, carrier, setter) => propagator.inject(context, carrier, setter),
    extract: (context, carrier, getter) =>
      withMadeUpCaller(propagator.extract(context, carrier, getter)),
    fields: () => propagator.fields(),
  };
}
