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

/** Receives log lines, in addition to the destination of the logger. */
export interface LineSink {
  /** @param span the span to which the line belongs; it is recording */
  write(line: LogLine, span: Span): void;
}

const ERROR = 50;

/**
 * Creates a sink that adds lines to their spans as events (rule 18), and sets `error=true` on the span for
 * a line of level error and above. The status is not changed: the code has handled the error.
 *
 * If possible, a line is kept as text and its event is built when the span is exported, which costs the
 * request less. The event of an error is built at once, since it decides where the stack is recorded.
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
      const isLazy =
        line.error === undefined &&
        span instanceof DeferredSpan &&
        span.addLazyEvent(new LazyLineEvent(line, isError, make));
      if (!isLazy) addNow(line, span, isError, make);
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
 * Builds the event of a line; undefined if the line gets no event.
 * @param isRecordedBefore whether the stack of the line's error is already on the span. @default false
 */
export type MakeEvent = (line: LogLine, isRecordedBefore?: boolean) => SpanEvent | undefined;

/** Builds an event named after the message of the line (rule 18). */
const namedByMessage: MakeEvent = (line, isRecordedBefore = false) => {
  const event = eventOfLine(line, isRecordedBefore);
  return event && { name: event.message ?? 'log', attributes: event.attributes };
};

/** Builds an `exception` event for a line with an error. */
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
