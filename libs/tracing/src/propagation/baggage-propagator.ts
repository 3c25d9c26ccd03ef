import {
  propagation,
  type BaggageEntry,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';

/** The metadata of an entry that can be written to a header. */
const writable = /^[ -+\--~]*$/;

/**
 * Propagates baggage in the W3C header. Only entries that cannot be written are left out, such as one with
 * half of a surrogate pair: OpenTelemetry's own propagator would write no entry at all.
 */
export class BaggagePropagator implements TextMapPropagator {
  private readonly whole = new W3CBaggagePropagator();

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const entries = propagation.getBaggage(context)?.getAllEntries() ?? [];
    const kept = entries.filter(isWritable);
    const written =
      kept.length === entries.length
        ? context
        : propagation.setBaggage(context, propagation.createBaggage(Object.fromEntries(kept)));
    this.whole.inject(written, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.whole.extract(context, carrier, getter);
  }

  fields(): string[] {
    return this.whole.fields();
  }
}

function isWritable([key, { value, metadata }]: [string, BaggageEntry]): boolean {
  try {
    encodeURIComponent(key);
    encodeURIComponent(value);
    return metadata === undefined || writable.test(metadata.toString());
  } catch {
    return false;
  }
}
