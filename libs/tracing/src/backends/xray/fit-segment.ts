import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';

/** Bytes for the content of a span. X-Ray takes 64 KB per segment; the rest is for resource, IDs and names. */
const MOST = 48_000;
/** Bytes for the resource. */
const MOST_OF_RESOURCE = 10_000;
/** Bytes of the IDs of a link. */
const BYTES_OF_LINK = 100;
/** The maximum length of a text at the first attempt and at the last, in bytes. */
const LONGEST = 16_384;
const SHORTEST = 64;
/** The most bytes per character: the exporter escapes `<`, `>` and `&`. */
const WORST = 6;

interface Content {
  readonly attributes: Attributes;
  readonly events: TimedEvent[];
  readonly links: ReadableSpan['links'];
}

/**
 * Cuts the content of a span to fit into a segment: X-Ray rejects longer segments as a whole. Only the
 * longest texts are cut, no more than needed.
 */
export function fitSegment(content: Content): Content {
  let fitting = content;
  if (roughSize(content) * WORST <= MOST) return content;
  for (let longest = LONGEST; longest >= SHORTEST && size(fitting) > MOST; longest /= 2) {
    fitting = {
      attributes: cutAll(content.attributes, longest),
      events: content.events.map((event) => withCutAttributes(event, longest)),
      links: content.links.map((link) => withCutAttributes(link, longest)),
    };
  }
  if (size(fitting) <= MOST) return fitting;
  // There are so many values that cutting texts is not enough.
  return { attributes: firstOf(fitting.attributes), events: [], links: [] };
}

function firstOf(attributes: Attributes): Attributes {
  let left = MOST;
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.filter((one) => (left -= sizeOf(Object.fromEntries([one]), bytesOf)) >= 0),
  );
}

/** Cuts resource attributes, which are a part of the segment; returns the same object if they fit. */
export function fitResource(attributes: Attributes): Attributes {
  let fitting = attributes;
  for (
    let longest = LONGEST;
    longest >= SHORTEST && sizeOf(fitting, bytesOf) > MOST_OF_RESOURCE;
    longest /= 2
  ) {
    fitting = cutAll(attributes, longest);
  }
  return fitting;
}

function withCutAttributes<T extends { attributes?: Attributes }>(one: T, longest: number): T {
  return one.attributes === undefined
    ? one
    : { ...one, attributes: cutAll(one.attributes, longest) };
}

function cutAll(attributes: Attributes, longest: number): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, cut(value, longest)]),
  );
}

function cut(value: AttributeValue | undefined, longest: number): AttributeValue | undefined {
  if (typeof value === 'string') return cutText(value, longest);
  if (typeof value !== 'object' || bytesOf(value) <= longest) return value;
  if (!Array.isArray(value)) return cutText(JSON.stringify(value), longest);
  let left = longest;
  return value.filter((one) => (left -= bytesOf(one)) >= 0) as AttributeValue;
}

function cutText(text: string, longest: number): string {
  if (text.length <= longest && bytesOf(text) <= longest) return text;
  let length = Math.min(text.length, longest - 2); // its quotes
  while (bytesOf(text.slice(0, length)) > longest) length = Math.floor(length * 0.8);
  return `${text.slice(0, length)}…`;
}

/** Returns the size of a value as JSON, as the exporter writes it. */
function bytesOf(value: unknown): number {
  if (typeof value === 'object') return bytesOf(JSON.stringify(value));
  if (typeof value !== 'string') return String(value).length + 1;
  return Buffer.byteLength(JSON.stringify(value)) + 5 * (value.match(/[<>&]/g)?.length ?? 0);
}

function size(content: Content): number {
  return sum(content, bytesOf);
}

function roughSize(content: Content): number {
  return sum(content, (value) => {
    if (typeof value === 'object') return bytesOf(value);
    return typeof value === 'string' ? value.length : 8;
  });
}

/** Sums up sizes. Only `exception` events are counted: others are not part of the segment. */
function sum({ attributes, events, links }: Content, measure: (value: unknown) => number): number {
  let total = sizeOf(attributes, measure);
  for (const event of events) {
    if (event.name === 'exception') total += sizeOf(event.attributes, measure);
  }
  for (const link of links) total += BYTES_OF_LINK + sizeOf(link.attributes, measure);
  return total;
}

function sizeOf(attributes: Attributes = {}, measure: (value: unknown) => number): number {
  let total = 0;
  for (const [key, value] of Object.entries(attributes)) {
    total += key.length + 4;
    for (const one of Array.isArray(value) ? value : [value]) total += measure(one);
  }
  return total;
}
