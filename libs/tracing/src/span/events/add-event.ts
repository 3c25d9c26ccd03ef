import type { Attributes, Span, TimeInput } from '@opentelemetry/api';
import { eventToDrop } from './lazy-events.js';

const errors = new WeakSet<object>();

/** Marks an event of a span as describing an error. */
export function markErrorEvent(event: unknown): void {
  if (typeof event === 'object' && event !== null) errors.add(event);
}

export function isErrorEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && errors.has(event);
}

/** A span of the SDK, whose events are public. */
interface SpanWithEvents {
  readonly events?: unknown;
}

/**
 * Adds an event to a span without losing an error event: at its limit the SDK drops the oldest event,
 * whatever that is (rule 20).
 *
 * @param isError whether the event describes an error
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

/** Calls a function that adds an event, and keeps the error events of the span as `addEvent` does. */
export function keepErrors(span: Span, isError: boolean, add: () => void): void {
  const { events } = span as SpanWithEvents;
  if (!Array.isArray(events)) return add();
  const oldest: unknown = events[0];
  add();
  if (isError) markErrorEvent(events.at(-1));
  if (events[0] === oldest || !isErrorEvent(oldest)) return;
  // An error event was dropped: drop another event in its place.
  const at = eventToDrop([oldest, ...events], isErrorEvent);
  events.splice(at - 1, 1);
  events.unshift(oldest);
}
