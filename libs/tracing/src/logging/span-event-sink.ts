import type { Span } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import { isToldOnSpan, toldInTrace, toldOnSpan } from '../span/errors/told-errors.js';
import { addEvent } from '../span/events/add-event.js';
import { LateLine } from './late-line.js';
import { exceptionsOnly, namedByMessage, type MakeEvent } from './line-events.js';
import type { LineSink, LogLine } from './line-sink.js';

const ERROR = 50;

/**
 * Puts lines as events on their spans (rule 18), and sets `error=true` on the span of a line of level
 * error and above; its status stays, the code has handled the error.
 *
 * A line is kept as text until its span is exported, where that is ours to say; so it costs the request
 * little. The event of an error is made at once: it settles who tells its stack.
 *
 * @param lowest the number of the lowest level that becomes an event
 * @param isForXray whether only lines with an error become events, named `exception`
 */
export function spanEventSink(lowest: number, isForXray: boolean): LineSink {
  const make = isForXray ? exceptionsOnly : namedByMessage;
  return {
    write(line, span) {
      if (line.level < lowest) return;
      const isError = line.level >= ERROR || line.error !== undefined;
      if (line.level >= ERROR) span.setAttribute('error', true);
      if (isForXray && line.error === undefined) return;
      const isLate =
        line.error === undefined &&
        span instanceof DeferredSpan &&
        span.addLateEvent(new LateLine(line, isError, make));
      if (!isLate) addNow(line, span, isError, make);
    },
  };
}

function addNow(line: LogLine, span: Span, isError: boolean, make: MakeEvent): void {
  const event = make(line, isToldOnSpan(line.error, span));
  if (event === undefined) return;
  const { name, attributes } = event;
  if (span instanceof DeferredSpan) span.addEventOf(isError, name, attributes);
  else addEvent(span, name, attributes, undefined, isError);
  if ('exception.stacktrace' in attributes) toldOnSpan(line.error, span);
  if (name === 'exception') toldInTrace(line.error, span);
}
