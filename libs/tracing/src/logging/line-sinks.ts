import type { Span } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import {
  isStackOnSpan,
  markRecordedInTrace,
  markStackOnSpan,
} from '../span/errors/record-error.js';
import { addEvent } from '../span/events.js';
import { LazyLineEvent, eventOfLine, LogLine, MakeEvent } from './line-event.js';

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
