import type { Attributes, AttributeValue } from '@opentelemetry/api';

const MAX_DEPTH = 6;
const MAX_ATTRIBUTES = 100;

/**
 * Flattens parsed JSON into attributes, nested keys joined by dots. Arrays of one primitive kind stay
 * arrays, any other becomes JSON; `null` is left out. Bounded in depth and count: below the depth a
 * value becomes JSON.
 */
export function flatten(fields: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Attributes = {};
  let left = MAX_ATTRIBUTES;
  const visit = (value: unknown, key: string, depth: number): void => {
    if (value === null || value === undefined || left <= 0) return;
    if (typeof value === 'object' && !Array.isArray(value) && depth < MAX_DEPTH) {
      for (const [name, child] of Object.entries(value)) visit(child, `${key}.${name}`, depth + 1);
      return;
    }
    left--;
    attributes[key] = attributeValue(value);
  };
  for (const [key, value] of Object.entries(fields)) visit(value, key, 1);
  return attributes;
}

function attributeValue(value: unknown): AttributeValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (Array.isArray(value) && isUniform(value)) return value as AttributeValue;
  return JSON.stringify(value);
}

function isUniform(values: readonly unknown[]): boolean {
  const kind = typeof values[0];
  return kind !== 'object' && values.every((value) => typeof value === kind);
}
