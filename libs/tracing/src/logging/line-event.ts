import { types } from 'node:util';
import type { Attributes } from '@opentelemetry/api';
import { redactHeadersIn } from '../redaction/redact-headers.js';
import type { LazyEvent, SpanEvent } from '../span/events.js';
import { BoundedAttributes, flatten, parseLine } from './line-fields.js';

interface WithError {
  readonly [key: string]: unknown;
  readonly err?: unknown;
  readonly error?: unknown;
}

/** Returns the error that is logged, itself or as a field. Its properties are not read. */
export function loggedError(fields: unknown, errorKey: string): object | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  if (isError(fields)) return fields;
  const { err, error } = fields as WithError;
  if (err === undefined && error === undefined && errorKey === 'err') return undefined;
  return [(fields as WithError)[errorKey], err, error].find(isError);
}

function isError(value: unknown): value is object {
  if (value instanceof Error) return true;
  // An error of another realm, as in Jest, is not an instance of this realm's `Error`.
  return (
    typeof value === 'object' && value !== null && 'stack' in value && types.isNativeError(value)
  );
}

/** An error as it is written in a line. */
interface LineException {
  readonly key: string;
  readonly type: unknown;
  readonly message: unknown;
  /** Includes the stacks of causes, added by pino's serializer, and of the errors of an `AggregateError`. */
  readonly stack: string | undefined;
  /** The other properties of the error in the line. */
  readonly rest: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Finds the error of a line under the error key of the logger, or under `err` or `error`. */
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
    // A promise can reject with any value, and the stack may be redacted.
    const text = [stack, error].find((one) => typeof one === 'string') ?? JSON.stringify(error);
    yield `errors[${at}]: ${text}`;
    yield* stacksOf(aggregateErrors);
  }
}

/** Sets an error as attributes: by the semantic conventions for exceptions, and the rest under its key. */
function setException(
  { key, type, message, stack, rest }: LineException,
  attributes: BoundedAttributes,
): void {
  flatten(type, 'exception.type', attributes);
  flatten(message, 'exception.message', attributes);
  flatten(stack, 'exception.stacktrace', attributes);
  flatten(rest, key, attributes);
}

/** The event of a log line (rule 18). */
export interface LineEvent {
  /** The formatted message; undefined if the line has none. */
  readonly message: string | undefined;
  readonly attributes: Attributes;
}

/** Finds a key that ends in `headers`, or that may be the name of a header because it has a hyphen. */
const mayHoldHeaders = /headers"|\w-[\w-]+"\s*:/i;

/** The fields left out of the event, besides the IDs of the span. */
const leftOut = ['level', 'pid', 'hostname'];

/**
 * Builds an event from the text of a line, so that it never shows more than the line (rule 19): the level
 * and the context, an error as `exception.*`, and the other fields flattened. Secrets in headers and in
 * the user info of URLs are redacted even if the line shows them (rule 37). Returns undefined if the
 * text is not a JSON object.
 *
 * @param isRecordedBefore whether the stack of the line's error is already on the span
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
  const addFields = (from: Fields, prefix: string): void => {
    for (const key in from) {
      const isContext = key === contextKey && typeof context === 'string';
      if (from === fields && (isLeftOut(key) || key === messageKey || key === timeKey)) continue;
      if (from === own && (isContext || key === exception?.key)) continue;
      if (from[key] === own && own !== fields) addFields(own, `${key}.`);
      else flatten(from[key], prefix + key, attributes);
    }
  };
  addFields(fields, '');
  return { message: name, attributes: attributes.all(), isInexact: attributes.isInexact };
}

/** Converts a message to a string: a serializer of the app may have returned any value. */
function messageOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The longest line that is kept, in characters. The event of a longer line is smaller than the line. */
const LONG = 16 * 1024;

/** A line whose event is built when the span is exported. */
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

/** A log line that was written while a span was active. */
export interface LogLine {
  /** The line as it was written, so after redaction and serializers. */
  readonly text: string;
  /** The number of the level in pino. */
  readonly level: number;
  /** The names of the levels by their numbers. */
  readonly levelLabels: Readonly<Record<number, string>>;
  /** The error that was logged. It only serves to recognize the error; its properties are not read. */
  readonly error: object | undefined;
  readonly format: LineFormat;
}

/** The keys that a logger uses for its own fields. */
export interface LineFormat {
  readonly messageKey: string;
  readonly errorKey: string;
  readonly contextKey: string;
  /** The key under which the fields of a line are nested; undefined if they are at the top level. */
  readonly nestedKey: string | undefined;
  readonly timeKey: string | undefined;
  /** The keys of the IDs that a line ends with. */
  readonly idKeys: readonly string[];
}

/**
 * Builds the event of a line; undefined if the line gets no event.
 * @param isRecordedBefore whether the stack of the line's error is already on the span. @default false
 */
export type MakeEvent = (line: LogLine, isRecordedBefore?: boolean) => SpanEvent | undefined;
