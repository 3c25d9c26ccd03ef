import type { SpanEvent } from '../span/events/late-events.js';
import { eventOfLine } from './event-of-line.js';
import type { LogLine } from './line-sink.js';

/**
 * Makes a line an event of a span; undefined for one that is to be none.
 * @param isToldBefore whether the span has the stack of the line's error already. @default false
 */
export type MakeEvent = (line: LogLine, isToldBefore?: boolean) => SpanEvent | undefined;

/** An event that is named by the line's message (rule 18). */
export const namedByMessage: MakeEvent = (line, isToldBefore = false) => {
  const event = eventOfLine(line, isToldBefore);
  return event && { name: event.message ?? 'log', attributes: event.attributes };
};

/** An `exception` event of a line that holds an error: X-Ray drops every other event. */
export const exceptionsOnly: MakeEvent = (line, isToldBefore = false) => {
  if (isToldBefore) return undefined;
  const event = eventOfLine(line, false);
  if (event === undefined) return undefined;
  const { message, attributes } = event;
  if (!('exception.type' in attributes || 'exception.message' in attributes)) return undefined;
  return {
    name: 'exception',
    attributes: message === undefined ? attributes : { ...attributes, 'log.message': message },
  };
};
