import { describeError } from './describe-error.js';

/** How many errors of one are told: causes of causes can be many, and may go in a circle. */
const LIMIT = 10;

/**
 * The stack of an error, with those of its `cause` and of the `errors` of an `AggregateError` below.
 * No other property is read: what hangs on an error may be a secret. Undefined for what has no stack.
 */
export function stackOfError(error: unknown): string | undefined {
  const { stack } = describeError(error);
  return stack === undefined ? undefined : [stack, ...causesOf(error, new Set([error]))].join('\n');
}

function* causesOf(error: unknown, seen: Set<unknown>): Iterable<string> {
  for (const [label, inner] of innerErrors(error)) {
    if (seen.has(inner) || seen.size >= LIMIT) continue;
    seen.add(inner);
    const { type, message, stack } = describeError(inner);
    yield `${label}: ${stack ?? `${type}: ${message}`}`;
    yield* causesOf(inner, seen);
  }
}

function innerErrors(error: unknown): [label: string, error: unknown][] {
  if (typeof error !== 'object' || error === null) return [];
  try {
    const cause: unknown = Reflect.get(error, 'cause');
    const errors: unknown = Reflect.get(error, 'errors');
    return [
      ...(cause === undefined ? [] : [['caused by', cause] as [string, unknown]]),
      ...(error instanceof AggregateError && Array.isArray(errors)
        ? errors.map((one, at): [string, unknown] => [`errors[${at}]`, one])
        : []),
    ];
  } catch {
    return [];
  }
}
