import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Copies an ended span with changes for an exporter. The span itself is not changed. */
export function changedSpan(span: ReadableSpan, changes: Partial<ReadableSpan>): ReadableSpan {
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    parentSpanContext: span.parentSpanContext,
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: span.attributes,
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    ...changes,
  };
}

/**
 * Memoizes a function by object: an exporter groups the spans of a batch by the identity of their
 * resources and scopes.
 */
export function madeOnce<T extends object>(make: (given: T) => T): (given: T) => T {
  const known = new WeakMap<T, T>();
  return (given) => {
    const made = known.get(given) ?? make(given);
    known.set(given, made);
    return made;
  };
}

/** Returns a resource with other attributes, or the same resource if the attributes are its own. */
export function withAttributes(
  resource: ReadableSpan['resource'],
  attributes: Attributes,
): ReadableSpan['resource'] {
  if (attributes === resource.attributes) return resource;
  return Object.create(resource, { attributes: { value: attributes } }) as typeof resource;
}
