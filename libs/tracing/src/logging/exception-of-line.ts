import type { BoundedAttributes } from './bounded-attributes.js';
import { flatten } from './flatten.js';

/** An error as it stands on a line. */
export interface LineException {
  readonly key: string;
  readonly type: unknown;
  readonly message: unknown;
  /** With those of its causes, which pino's serializer adds, and of the errors of an `AggregateError`. */
  readonly stack: string | undefined;
  /** What else the line tells of it. */
  readonly rest: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** The error of a line: below the logger's own key, or below `err` or `error`. */
export function exceptionOfLine(fields: Fields, errorKey: string): LineException | undefined {
  const key = [errorKey, 'err', 'error'].find((name) => looksLikeError(fields[name]));
  if (key === undefined) return undefined;
  const { type, name, message, stack, aggregateErrors, ...rest } = fields[key] as Fields;
  const stacks = [stack, ...stacksOf(aggregateErrors)].filter((one) => typeof one === 'string');
  return {
    key,
    type: type ?? name,
    message,
    stack: stacks.length === 0 ? undefined : stacks.join('\n'),
    rest: type !== undefined && name !== undefined ? { ...rest, name } : rest,
  };
}

function looksLikeError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, name, message, stack } = value as Fields;
  return typeof stack === 'string' || (typeof message === 'string' && Boolean(type ?? name));
}

function* stacksOf(errors: unknown): Iterable<string> {
  if (!Array.isArray(errors)) return;
  for (const [at, error] of errors.entries()) {
    const { stack, aggregateErrors } = Object(error) as Fields;
    // Anything can be rejected with, and a part of it may be redacted.
    const told = [stack, error].find((one) => typeof one === 'string') ?? JSON.stringify(error);
    yield `errors[${at}]: ${told}`;
    yield* stacksOf(aggregateErrors);
  }
}

/** Tells an error by the conventions for exceptions, and below its key what else is known of it. */
export function tellException(
  { key, type, message, stack, rest }: LineException,
  attributes: BoundedAttributes,
): void {
  flatten(type, 'exception.type', attributes);
  flatten(message, 'exception.message', attributes);
  flatten(stack, 'exception.stacktrace', attributes);
  flatten(rest, key, attributes);
}
