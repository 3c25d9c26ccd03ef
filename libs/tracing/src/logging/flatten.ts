import type { AttributeValue } from '@opentelemetry/api';
import type { BoundedAttributes } from './bounded-attributes.js';

const MAX_DEPTH = 6;

/**
 * Flattens a value of JSON into attributes, nested keys joined by dots. Arrays of one primitive kind
 * stay arrays, any other becomes JSON, and so does what lies deeper than six keys; `null` is left out.
 */
export function flatten(value: unknown, key: string, into: BoundedAttributes, depth = 1): void {
  if (value === null || value === undefined) return;
  if (typeof value === 'object' && !Array.isArray(value) && depth < MAX_DEPTH) {
    for (const name in value) {
      if (into.isFull) return into.leaveOut(key);
      flatten(Reflect.get(value, name), `${key}.${name}`, into, depth + 1);
    }
    return;
  }
  into.set(key, attributeValue(value));
}

function attributeValue(value: unknown): AttributeValue {
  if (typeof value !== 'object') return value as AttributeValue;
  if (Array.isArray(value) && isUniform(value)) return value as AttributeValue;
  return JSON.stringify(value);
}

function isUniform(values: readonly unknown[]): boolean {
  const kind = typeof values[0];
  return kind !== 'object' && values.every((value) => typeof value === kind);
}
