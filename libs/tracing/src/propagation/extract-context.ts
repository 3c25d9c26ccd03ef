import type { Context, TextMapGetter, TextMapPropagator } from '@opentelemetry/api';

/** Reads the trace that comes in. Whatever the headers hold, the request goes on (rule 15). */
export function extractContext<Carrier>(
  propagator: TextMapPropagator,
  base: Context,
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
): Context {
  try {
    return propagator.extract(base, carrier, getter);
  } catch {
    return base;
  }
}
