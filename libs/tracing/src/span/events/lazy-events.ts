import type { Attributes } from '@opentelemetry/api';

/**
 * The event that makes room where a span has too many: the oldest that tells of no error, and among
 * errors the oldest but the first. So later chatter pushes out no error, and the first one stays
 * whatever comes after (rule 20).
 */
export function eventToDrop<Event>(
  events: readonly Event[],
  isError: (event: Event) => boolean,
): number {
  const chatter = events.findIndex((event) => !isError(event));
  return chatter === -1 ? Math.min(1, events.length - 1) : chatter;
}

/** What becomes an event of a span when that is exported, and until then is something cheaper. */
export interface LazyEvent {
  /** When it was added to its span, in milliseconds since 1970. */
  time: number;
  /** Never throws; undefined where it turns out that there is nothing to tell. */
  make(): SpanEvent | undefined;
  /** Whether it tells of an error: such events are dropped last. */
  readonly isError: boolean;
  /** How much it holds in memory, in characters. */
  readonly size: number;
}

export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** What the late events of one span may hold in memory, in characters. */
const MAX_SIZE = 256 * 1024;

const key: unique symbol = Symbol('nestjs-tracing.late-events');

interface WithLazyEvents {
  [key]?: LazyEvents;
}

/** The late events of a span, in their order, within the bounds of rule 20. */
export class LazyEvents {
  readonly events: LazyEvent[] = [];
  /** How many were dropped. */
  dropped = 0;
  private size = 0;

  /** Those of a span, where it has any. */
  static of(span: object): LazyEvents | undefined {
    return (span as WithLazyEvents)[key];
  }

  /** Adds one to a span. @param limit how many events a span may have */
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
