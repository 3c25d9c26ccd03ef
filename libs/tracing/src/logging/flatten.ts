import type { AttributeValue } from '@opentelemetry/api';
import type { BoundedAttributes } from './bounded-attributes.js';
import { textOfNumber } from './parse-line.js';

const MAX_DEPTH = 6;

/** More than a number holds for certain. */
const manyDigits = /\d{16}/;

/**
 * Flattens a value of JSON into attributes, nested keys joined by dots. Arrays of one primitive kind
 * stay arrays, any other becomes JSON, and so does what lies deeper than six keys; `null` is left out.
 */
export function flatten(value: unknown, key: string, into: BoundedAttributes, depth = 1): void {
  if (value === null || value === undefined) return;
  const number = textOfNumber(value);
  if (number !== undefined) return into.set(key, number);
  if (typeof value === 'object' && !Array.isArray(value) && depth < MAX_DEPTH) {
    for (const name in value) {
      if (into.isFull) return into.leaveOut(key);
      flatten(Reflect.get(value, name), `${key}.${name}`, into, depth + 1);
    }
    return;
  }
  into.set(key, attributeValue(value, into));
}

function attributeValue(value: unknown, into: BoundedAttributes): AttributeValue {
  if (typeof value !== 'object') return value as AttributeValue;
  if (Array.isArray(value) && isUniform(value)) return value as AttributeValue;
  const json = JSON.stringify(value);
  if (manyDigits.test(json)) into.isInexact = true;
  return json;
}

function isUniform(values: readonly unknown[]): boolean {
  const kind = typeof values[0];
  return kind !== 'object' && values.every((value) => typeof value === kind);
}
