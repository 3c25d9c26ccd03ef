import { cleanSimpleAttributes, millisToHrTime } from '@opentelemetry/core';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { changedSpan } from '../../backends/changed-span.js';
import type { SpanLimits } from '../../options/settings.js';
import {
  isErrorEvent,
  markErrorEvent,
  eventToDrop,
  LazyEvents,
  type SpanEvent,
  type LazyEvent,
} from '../../span/events.js';

/**
 * Copies a span with its lazy events built, in the order of their times. Returns the span itself if it has
 * none. This is called when the span is exported: not on the path of the request it belongs to.
 */
export function buildLazyEvents(span: ReadableSpan, limits: SpanLimits): ReadableSpan {
  const lazy = LazyEvents.of(span);
  if (lazy === undefined) return span;
  const made = lazy.events.flatMap((event) => timedEvent(event, limits));
  const events = [...span.events, ...made].sort(byTime);
  let dropped = span.droppedEventsCount + lazy.dropped;
  while (events.length > limits.eventCountLimit) {
    events.splice(eventToDrop(events, isErrorEvent), 1);
    dropped++;
  }
  return changedSpan(span, { events, droppedEventsCount: dropped });
}

function timedEvent(lazy: LazyEvent, limits: SpanLimits): TimedEvent[] {
  const made = lazy.make();
  if (made === undefined) return [];
  const event = { name: made.name, time: millisToHrTime(lazy.time), ...withinLimits(made, limits) };
  if (lazy.isError) markErrorEvent(event);
  return [event];
}

function withinLimits(
  { attributes }: SpanEvent,
  { attributePerEventCountLimit, attributeValueLengthLimit }: SpanLimits,
): Pick<TimedEvent, 'attributes' | 'droppedAttributesCount'> {
  // They are right as they are, but for limits that are lower than ours.
  if (attributePerEventCountLimit >= 128 && attributeValueLengthLimit === Infinity) {
    return { attributes };
  }
  return cleanSimpleAttributes(attributes, {
    attributeCountLimit: attributePerEventCountLimit,
    attributeValueLengthLimit,
  });
}

function byTime({ time: [a, aNanos] }: TimedEvent, { time: [b, bNanos] }: TimedEvent): number {
  return a - b || aNanos - bNanos;
}
