import type { Attributes } from '@opentelemetry/api';

const KEYS = 'aws.xray.annotations';
const LONGEST_VALUE = 1000;

/**
 * Makes attributes annotations: names them, and gives them values that X-Ray takes. Of a list the
 * exporter would make nothing at all. Those that the app has named itself stay.
 */
export function annotations(attributes: Attributes, annotate: readonly string[]): Attributes {
  const own = attributes[KEYS];
  const keys = new Set<string>(Array.isArray(own) ? own.map(String) : []);
  for (const key of annotate) {
    if (attributes[key] !== undefined || key.startsWith('otel.resource.')) keys.add(key);
  }
  if (keys.size === 0) return {};
  const made: Attributes = { [KEYS]: [...keys] };
  for (const key of keys) {
    const value = attributes[key];
    if (Array.isArray(value)) made[key] = value.join(', ').slice(0, LONGEST_VALUE);
    else if (typeof value === 'string') made[key] = value.slice(0, LONGEST_VALUE);
  }
  return made;
}
