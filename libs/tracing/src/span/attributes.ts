import type { Attributes, AttributeValue } from '@opentelemetry/api';

/**
 * A value as an attribute can hold it: primitives, and arrays of one kind of them (rule 7). A `bigint` is
 * written as text. Undefined for anything else, also for what throws when it is read.
 */
export function readableValue(value: unknown): AttributeValue | undefined {
  try {
    return Array.isArray(value)
      ? readableList([...(value as unknown[])])
      : readablePrimitive(value);
  } catch {
    return undefined; // a proxy
  }
}

/** What of an object may be an attribute; of anything else nothing. */
export function readableAttributes(given: unknown): Attributes {
  return eachReadable(given, readableValue);
}

/** A copy of the attributes that can be read, whatever their values: one that throws is left out alone. */
export function withoutThrowing(given: unknown): Attributes {
  return eachReadable(given, (value) => structuredClone(value) as AttributeValue);
}

function eachReadable(
  given: unknown,
  read: (value: unknown) => AttributeValue | undefined,
): Attributes {
  const entries: [string, AttributeValue][] = [];
  for (const key of keysOf(given)) {
    try {
      const value = read(Reflect.get(given as object, key));
      if (value !== undefined) entries.push([key, value]);
    } catch {
      // A getter that throws.
    }
  }
  // Not by assignment, which takes `__proto__` for something else.
  return Object.fromEntries(entries);
}

function keysOf(given: unknown): string[] {
  try {
    return typeof given === 'object' && given !== null ? Object.keys(given) : [];
  } catch {
    return []; // a proxy
  }
}

function readableList(list: readonly unknown[]): AttributeValue | undefined {
  const values = list.map(readablePrimitive);
  const isUniform = values.every((one) => one !== undefined && typeof one === typeof values[0]);
  return isUniform ? (values as AttributeValue) : undefined;
}

function readablePrimitive(value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return String(value);
    default:
      return undefined;
  }
}
