import type { Attributes, Span, TimeInput } from '@opentelemetry/api';
import { sharedSymbol } from './process-state.js';

/**
 * Returns the index of the event to drop when a span has too many: the oldest that does not describe an
 * error, else the second error. So later lines never displace an error, and the first error is always
 * kept (rule 20).
 */
export function eventToDrop<Event>(
  events: readonly Event[],
  isError: (event: Event) => boolean,
): number {
  const oldest = events.findIndex((event) => !isError(event));
  return oldest === -1 ? Math.min(1, events.length - 1) : oldest;
}

/** An event that is built when its span is exported, from something cheaper to create. */
export interface LazyEvent {
  /** When it was added to its span, in milliseconds since the epoch. */
  time: number;
  /** Builds the event. Never throws; returns undefined if there turns out to be nothing to record. */
  make(): SpanEvent | undefined;
  /** Whether it describes an error: such events are dropped last. */
  readonly isError: boolean;
  /** How much memory it uses, in characters. */
  readonly size: number;
}

export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** How much memory the lazy events of one span may use, in characters. */
const MAX_SIZE = 256 * 1024;

const key: unique symbol = sharedSymbol('lazy events') as never;

interface WithLazyEvents {
  [key]?: LazyEvents;
}

/** The lazy events of a span in their order, bounded as in rule 20. */
export class LazyEvents {
  readonly events: LazyEvent[] = [];
  /** How many were dropped. */
  dropped = 0;
  private size = 0;

  /** Returns the lazy events of a span; undefined if it has none. */
  static of(span: object): LazyEvents | undefined {
    return (span as WithLazyEvents)[key];
  }

  /** Adds a lazy event to a span. @param limit the maximum number of events per span */
  static add(span: object, event: LazyEvent, limit: number): void {
    const events = ((span as WithLazyEvents)[key] ??= new LazyEvents());
    events.add(event, limit);
  }

  private add(event: LazyEvent, limit: number): void {
    this.events.push(event);
    this.size += event.size;
    while (this.events.length > limit || (this.size > MAX_SIZE && this.events.length > 1)) {
      const [dropped] = this.events.splice(eventToDrop(this.events, isError), 1);
      this.size -= dropped?.size ?? 0;
      this.dropped++;
    }
  }
}

function isError(event: LazyEvent): boolean {
  return event.isError;
}

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
