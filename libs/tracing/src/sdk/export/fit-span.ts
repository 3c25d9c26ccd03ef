import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { changedSpan } from '../../backends/changed-span.js';

/** Bytes that a span may take in a request; its texts are cut where it takes more. */
export const LARGEST_SPAN = 1024 * 1024;
/** Characters of the longest text at the first try, and at the last. */
const LONGEST = 256 * 1024;
const SHORTEST = 64;
/** Bytes beside the texts, at the most: of a span or event, of a value, and of a character. */
const FRAME = 256;
const VALUE = 16;
const CHARACTER = 3;

export interface SizedSpan {
  readonly span: ReadableSpan;
  /** Bytes that it takes in a request, at the most. */
  readonly size: number;
}

/**
 * Makes a span fit into a request: a receiver refuses a request of more than 4 MiB, with all spans in it.
 * The longest texts are cut, as little as will do.
 */
export function fitSpan(given: ReadableSpan): SizedSpan {
  let span = given;
  let size = sizeOf(span);
  for (let longest = LONGEST; size > LARGEST_SPAN && longest >= SHORTEST; longest /= 16) {
    span = withCutTexts(given, longest);
    size = sizeOf(span);
  }
  if (size <= LARGEST_SPAN) return { span, size };
  // So many values that no cut helps.
  span = withoutDetails(span);
  return { span, size: sizeOf(span) };
}

/** What is left of a span that cannot be sent: its name, its times and its place in the trace. */
export function withoutDetails(span: ReadableSpan): ReadableSpan {
  return changedSpan(span, {
    name: String(span.name).slice(0, LONGEST),
    attributes: {},
    events: [],
    links: [],
    droppedAttributesCount: span.droppedAttributesCount + Object.keys(span.attributes).length,
    droppedEventsCount: span.droppedEventsCount + span.events.length,
    droppedLinksCount: span.droppedLinksCount + span.links.length,
  });
}

/** The attributes of a resource, which goes with every request; the same object, where they are not large. */
export function fitAttributes(attributes: Attributes): Attributes {
  let fitting = attributes;
  for (
    let longest = LONGEST / 16;
    sizeOfValue(fitting) > LARGEST_SPAN / 4 && longest >= SHORTEST;
    longest /= 16
  ) {
    fitting = cutAll(attributes, longest);
  }
  return fitting;
}

function sizeOf({ name, status, attributes, events, links }: ReadableSpan): number {
  let size = FRAME + CHARACTER * (name.length + (status.message?.length ?? 0));
  size += sizeOfValue(attributes);
  for (const event of events) {
    size += FRAME + CHARACTER * event.name.length + sizeOfValue(event.attributes);
  }
  for (const link of links) size += FRAME + sizeOfValue(link.attributes);
  return size;
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return VALUE + CHARACTER * value.length;
  if (typeof value !== 'object' || value === null) return VALUE;
  if (value instanceof Uint8Array) return VALUE + value.length;
  let size = VALUE;
  if (Array.isArray(value)) {
    for (const one of value) size += sizeOfValue(one);
    return size;
  }
  for (const key of Object.keys(value)) {
    size += VALUE + CHARACTER * key.length + sizeOfValue(Reflect.get(value, key));
  }
  return size;
}

function withCutTexts(span: ReadableSpan, longest: number): ReadableSpan {
  const { status } = span;
  return changedSpan(span, {
    name: cutText(span.name, longest),
    ...(status.message !== undefined && {
      status: { ...status, message: cutText(status.message, longest) },
    }),
    attributes: cutAll(span.attributes, longest),
    events: span.events.map((event) => ({
      ...event,
      name: cutText(event.name, longest),
      ...(event.attributes && { attributes: cutAll(event.attributes, longest) }),
    })),
    links: span.links.map((link) => ({
      ...link,
      ...(link.attributes && { attributes: cutAll(link.attributes, longest) }),
    })),
  });
}

function cutAll(attributes: Attributes, longest: number): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      cutText(key, longest),
      cutValue(value, longest) as AttributeValue,
    ]),
  );
}

/** @param longest characters that a text may have, and as many bytes a list or an object */
function cutValue(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return cutText(value, longest);
  if (typeof value !== 'object' || value === null || sizeOfValue(value) <= longest) return value;
  if (value instanceof Uint8Array) return value.subarray(0, longest);
  if (!Array.isArray(value)) return cutText(JSON.stringify(value), longest);
  let left = longest;
  return value.filter((one) => (left -= sizeOfValue(one)) >= 0);
}

function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
