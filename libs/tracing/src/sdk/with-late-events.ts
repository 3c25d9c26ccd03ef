import { cleanSimpleAttributes, millisToHrTime } from '@opentelemetry/core';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { isErrorEvent, markErrorEvent } from '../span/events/error-events.js';
import { eventToDrop } from '../span/events/event-to-drop.js';
import { LateEvents, type SpanEvent, type LateEvent } from '../span/events/late-events.js';
import { changedSpan } from './changed-span.js';
import type { Limits } from './span-limits.js';

/** A span with its late events made, in the order of their times; the span itself, where it has none. */
export function withLateEvents(span: ReadableSpan, limits: Limits): ReadableSpan {
  const late = LateEvents.of(span);
  if (late === undefined) return span;
  const made = late.events.flatMap((event) => timedEvent(event, limits));
  const events = [...span.events, ...made].sort(byTime);
  let dropped = span.droppedEventsCount + late.dropped;
  while (events.length > limits.eventCountLimit) {
    events.splice(eventToDrop(events, isErrorEvent), 1);
    dropped++;
  }
  return changedSpan(span, { events, droppedEventsCount: dropped });
}

function timedEvent(late: LateEvent, limits: Limits): TimedEvent[] {
  const made = late.make();
  if (made === undefined) return [];
  const event = { name: made.name, time: millisToHrTime(late.time), ...withinLimits(made, limits) };
  if (late.isError) markErrorEvent(event);
  return [event];
}

function withinLimits(
  { attributes }: SpanEvent,
  { attributePerEventCountLimit, attributeValueLengthLimit }: Limits,
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
