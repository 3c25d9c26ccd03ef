import type { Attributes, AttributeValue } from '@opentelemetry/api';

/**
 * Converts a value to an attribute value: a primitive, or an array of primitives of one type (rule 7). A
 * `bigint` becomes a string. Returns undefined for anything else, and for a value that throws when read.
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

/** Returns the members of an object that can be attributes; none for a value that is not an object. */
export function readableAttributes(given: unknown): Attributes {
  return eachReadable(given, readableValue);
}

/** Copies attributes of any value. Only those that throw when they are read are left out. */
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
  // Assigning the key `__proto__` would set the prototype instead.
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
