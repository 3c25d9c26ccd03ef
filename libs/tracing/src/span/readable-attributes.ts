import type { Attributes, AttributeValue } from '@opentelemetry/api';

/** What may be an attribute: primitives, and arrays of one kind of them (rule 7). */
export function isAttributeValue(value: unknown): value is AttributeValue {
  if (!Array.isArray(value)) return isPrimitive(value);
  return value.every((one) => isPrimitive(one) && typeof one === typeof value[0]);
}

/** What of an object may be an attribute; of anything else nothing. */
export function readableAttributes(given: unknown): Attributes {
  try {
    const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
    return Object.fromEntries(entries.filter(([, value]) => isAttributeValue(value)));
  } catch {
    return {}; // a getter that throws
  }
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
