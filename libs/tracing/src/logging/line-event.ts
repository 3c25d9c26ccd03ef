import { types } from 'node:util';
import type { Attributes } from '@opentelemetry/api';
import { redactHeadersIn } from '../redaction/redact-headers.js';
import type { LazyEvent, SpanEvent } from '../span/events/lazy-events.js';
import { BoundedAttributes, flatten, parseLine } from './line-fields.js';
import type { LogLine, MakeEvent } from './line-sinks.js';

interface WithError {
  readonly [key: string]: unknown;
  readonly err?: unknown;
  readonly error?: unknown;
}

/** The error that is logged: as such, or as a field. Nothing of it is read. */
export function loggedError(fields: unknown, errorKey: string): object | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  if (isError(fields)) return fields;
  const { err, error } = fields as WithError;
  if (err === undefined && error === undefined && errorKey === 'err') return undefined;
  return [(fields as WithError)[errorKey], err, error].find(isError);
}

function isError(value: unknown): value is object {
  if (value instanceof Error) return true;
  // One of another realm, as in Jest, is no instance of our `Error`.
  return (
    typeof value === 'object' && value !== null && 'stack' in value && types.isNativeError(value)
  );
}

/** An error as it stands on a line. */
interface LineException {
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
function exceptionOfLine(fields: Fields, errorKey: string): LineException | undefined {
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
function setException(
  { key, type, message, stack, rest }: LineException,
  attributes: BoundedAttributes,
): void {
  flatten(type, 'exception.type', attributes);
  flatten(message, 'exception.message', attributes);
  flatten(stack, 'exception.stacktrace', attributes);
  flatten(rest, key, attributes);
}

/** What a line is as an event (rule 18). */
export interface LineEvent {
  /** The formatted message; undefined where the line has none. */
  readonly message: string | undefined;
  readonly attributes: Attributes;
}

/** A key that ends in `headers`, or that is the name of a header by its hyphen. */
const mayHoldHeaders = /headers"|\w-[\w-]+"\s*:/i;

/** What says nothing about the line, beside the ids of the span. */
const leftOut = ['level', 'pid', 'hostname'];

/**
 * Reads an event from the text of a line, so that it never shows more than the line (rule 19): the
 * level and the context, an error as `exception.*`, and the other fields flattened. Secrets in headers and
 * in the user info of URLs are redacted also where the line, which is the app's, shows them (rule 37).
 * Undefined for what is no line of JSON.
 *
 * @param isRecordedBefore whether the span has the stack of the line's error already
 */
export function eventOfLine(line: LogLine, isRecordedBefore: boolean): LineEvent | undefined {
  const event = read(line, isRecordedBefore, false);
  return event?.isInexact === true ? read(line, isRecordedBefore, true) : event;
}

function read(
  { text, level, levelLabels, format }: LogLine,
  isRecordedBefore: boolean,
  isExact: boolean,
): (LineEvent & { readonly isInexact: boolean }) | undefined {
  const { messageKey, errorKey, contextKey, nestedKey, timeKey, idKeys } = format;
  const parsed = parseLine(text, isExact);
  if (parsed === undefined) return undefined;
  const fields = mayHoldHeaders.test(text) ? (redactHeadersIn(parsed) as Fields) : parsed;
  const nested = nestedKey === undefined ? undefined : fields[nestedKey];
  const own = isFields(nested) ? nested : fields;

  const attributes = new BoundedAttributes();
  attributes.set('level', levelLabels[level] ?? String(level));
  const context = own[contextKey];
  if (typeof context === 'string') attributes.set('logger.context', context);
  const exception = exceptionOfLine(own, errorKey);
  if (exception !== undefined) {
    setException(isRecordedBefore ? { ...exception, stack: undefined } : exception, attributes);
  }
  const message = messageOf(fields[messageKey]);
  const name = message === undefined ? undefined : attributes.cut(messageKey, message);

  const isLeftOut = (key: string): boolean => leftOut.includes(key) || idKeys.includes(key);
  const tell = (told: Fields, prefix: string): void => {
    for (const key in told) {
      const isContext = key === contextKey && typeof context === 'string';
      if (told === fields && (isLeftOut(key) || key === messageKey || key === timeKey)) continue;
      if (told === own && (isContext || key === exception?.key)) continue;
      if (told[key] === own && own !== fields) tell(own, `${key}.`);
      else flatten(told[key], prefix + key, attributes);
    }
  };
  tell(fields, '');
  return { message: name, attributes: attributes.all(), isInexact: attributes.isInexact };
}

/** A serializer of the app may have made anything of it. */
function messageOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Longer lines are not kept, in characters: what stands on their event is less. */
const LONG = 16 * 1024;

/** A line that becomes an event when its span is exported. */
export class LazyLineEvent implements LazyEvent {
  time = 0;
  readonly size: number;
  private readonly made: { readonly event: SpanEvent | undefined } | undefined;
  private readonly line: LogLine | undefined;

  constructor(
    line: LogLine,
    readonly isError: boolean,
    private readonly makeEvent: MakeEvent,
  ) {
    const { length } = line.text;
    const isLong = length > LONG;
    this.size = isLong ? LONG : length;
    this.made = isLong ? { event: makeEvent(line) } : undefined;
    this.line = isLong ? undefined : line;
  }

  make(): SpanEvent | undefined {
    return this.line === undefined ? this.made?.event : this.makeEvent(this.line);
  }
}
