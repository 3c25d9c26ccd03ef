import type { Span } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import {
  isStackOnSpan,
  markRecordedInTrace,
  markStackOnSpan,
} from '../span/errors/record-error.js';
import { addEvent } from '../span/events/add-event.js';
import type { SpanEvent } from '../span/events/lazy-events.js';
import { LazyLineEvent, eventOfLine } from './line-event.js';

/** A log line that was written while a span was active. */
export interface LogLine {
  /** As it was written, so after redaction and serializers. */
  readonly text: string;
  /** The number of the level, as pino has it. */
  readonly level: number;
  /** The names of the levels by their numbers. */
  readonly levelLabels: Readonly<Record<number, string>>;
  /** The error that was logged: what knows it again, and is not to be read. */
  readonly error: object | undefined;
  readonly format: LineFormat;
}

/** Which keys a logger gives its own fields. */
export interface LineFormat {
  readonly messageKey: string;
  readonly errorKey: string;
  readonly contextKey: string;
  /** The key below which the fields of a line stand, where they do not stand at its top. */
  readonly nestedKey: string | undefined;
  readonly timeKey: string | undefined;
  /** The keys of the IDs that a line ends with. */
  readonly idKeys: readonly string[];
}

/** Where a log line goes, beside the logger's own destination. */
export interface LineSink {
  /** @param span the span that the line belongs to, which records */
  write(line: LogLine, span: Span): void;
}

const ERROR = 50;

/**
 * Puts lines as events on their spans (rule 18), and sets `error=true` on the span of a line of level
 * error and above; its status stays, the code has handled the error.
 *
 * A line is kept as text until its span is exported, where that is ours to say; so it costs the request
 * little. The event of an error is made at once: it settles who tells its stack.
 *
 * @param lowest the number of the lowest level that becomes an event
 * @param exceptionsOnly whether only lines with an error become events, named `exception`
 */
export function spanEventSink(lowest: number, exceptionsOnly: boolean): LineSink {
  const make = exceptionsOnly ? exceptionOnly : namedByMessage;
  return {
    write(line, span) {
      if (line.level < lowest) return;
      const isError = line.level >= ERROR || line.error !== undefined;
      if (line.level >= ERROR) span.setAttribute('error', true);
      if (exceptionsOnly && line.error === undefined) return;
      const isLate =
        line.error === undefined &&
        span instanceof DeferredSpan &&
        span.addLazyEvent(new LazyLineEvent(line, isError, make));
      if (!isLate) addNow(line, span, isError, make);
    },
  };
}

function addNow(line: LogLine, span: Span, isError: boolean, make: MakeEvent): void {
  const event = make(line, isStackOnSpan(line.error, span));
  if (event === undefined) return;
  const { name, attributes } = event;
  if (span instanceof DeferredSpan) span.addEventOf(isError, name, attributes);
  else addEvent(span, name, attributes, undefined, isError);
  if ('exception.stacktrace' in attributes) markStackOnSpan(line.error, span);
  if (name === 'exception') markRecordedInTrace(line.error, span);
}

/**
 * Makes a line an event of a span; undefined for one that is to be none.
 * @param isRecordedBefore whether the span has the stack of the line's error already. @default false
 */
export type MakeEvent = (line: LogLine, isRecordedBefore?: boolean) => SpanEvent | undefined;

/** An event that is named by the line's message (rule 18). */
const namedByMessage: MakeEvent = (line, isRecordedBefore = false) => {
  const event = eventOfLine(line, isRecordedBefore);
  return event && { name: event.message ?? 'log', attributes: event.attributes };
};

/** An `exception` event of a line that holds an error. */
const exceptionOnly: MakeEvent = (line, isRecordedBefore = false) => {
  if (isRecordedBefore) return undefined;
  const event = eventOfLine(line, false);
  if (event === undefined) return undefined;
  const { message, attributes } = event;
  if (!('exception.type' in attributes || 'exception.message' in attributes)) return undefined;
  return {
    name: 'exception',
    attributes: message === undefined ? attributes : { ...attributes, 'log.message': message },
  };
};
