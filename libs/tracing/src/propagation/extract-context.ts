import type { Context, TextMapGetter, TextMapPropagator } from '@opentelemetry/api';

/** Extracts the context that a caller sent. If that throws, returns `base` (rule 15). */
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
