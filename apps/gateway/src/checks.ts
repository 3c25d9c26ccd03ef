/** What is wrong with a value, a sentence for each fault. */
export type Check = (value: unknown, path: string) => string[];

const HIGHEST = 10_000_000;

export const text: Check = (value, path) =>
  typeof value === 'string' && value.trim() ? [] : [`${path} must be a text that is not empty`];

export const count: Check = (value, path) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= HIGHEST
    ? []
    : [`${path} must be a whole number from 1 to ${HIGHEST}`];

export function listOf(entry: Check): Check {
  return (value, path) =>
    Array.isArray(value) && value.length > 0
      ? value.flatMap((one, index) => entry(one, `${path}[${index}]`))
      : [`${path} must be a list that is not empty`];
}

export function object(fields: Record<string, Check>): Check {
  return (value, path) =>
    isRecord(value)
      ? Object.entries(fields).flatMap(([name, check]) =>
          check(value[name], path ? `${path}.${name}` : name),
        )
      : [`${path || 'the body'} must be an object with ${Object.keys(fields).join(', ')}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
