import type { Attributes, Span, TimeInput } from '@opentelemetry/api';
import { eventToDrop } from './lazy-events.js';

const errors = new WeakSet<object>();

/** Keeps in mind that an event of a span tells of an error. */
export function markErrorEvent(event: unknown): void {
  if (typeof event === 'object' && event !== null) errors.add(event);
}

export function isErrorEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && errors.has(event);
}

/** An SDK's span has its events for all to read. */
interface SpanWithEvents {
  readonly events?: unknown;
}

/**
 * Adds an event to a span, and keeps its errors there: at its limit the SDK throws out the oldest
 * event, whatever that is (rule 20).
 *
 * @param isError whether the event tells of an error
 */
export function addEvent(
  span: Span,
  name: string,
  attributes: Attributes | TimeInput | undefined,
  time: TimeInput | undefined,
  isError = name === 'exception',
): void {
  keepErrors(span, isError, () => span.addEvent(name, attributes, time));
}

/** The same for whatever adds an event. */
export function keepErrors(span: Span, isError: boolean, add: () => void): void {
  const { events } = span as SpanWithEvents;
  if (!Array.isArray(events)) return add();
  const oldest: unknown = events[0];
  add();
  if (isError) markErrorEvent(events.at(-1));
  if (events[0] === oldest || !isErrorEvent(oldest)) return;
  // It was thrown out: another one goes in its place.
  const at = eventToDrop([oldest, ...events], isErrorEvent);
  events.splice(at - 1, 1);
  events.unshift(oldest);
}
