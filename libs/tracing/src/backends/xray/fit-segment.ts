import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';

/** Bytes for what a span tells. X-Ray takes 64 KB a segment; the rest is for the resource, ids and names. */
const MOST = 48_000;
/** Bytes for the resource. */
const MOST_OF_RESOURCE = 10_000;
/** Bytes of the ids of a link. */
const BYTES_OF_LINK = 100;
/** Bytes of the longest text at the first try, and at the last. */
const LONGEST = 16_384;
const SHORTEST = 64;
/** What a character takes at the most: the exporter escapes `<`, `>` and `&`. */
const WORST = 6;

interface Told {
  readonly attributes: Attributes;
  readonly events: TimedEvent[];
  readonly links: ReadableSpan['links'];
}

/**
 * Makes a span fit into a segment: X-Ray refuses longer ones, and all that they tell is lost. The longest
 * texts are cut, as little as will do.
 */
export function fitSegment(told: Told): Told {
  let fitting = told;
  if (roughSize(told) * WORST <= MOST) return told;
  for (let longest = LONGEST; longest >= SHORTEST && size(fitting) > MOST; longest /= 2) {
    fitting = {
      attributes: cutAll(told.attributes, longest),
      events: told.events.map((event) => withCutAttributes(event, longest)),
      links: told.links.map((link) => withCutAttributes(link, longest)),
    };
  }
  if (size(fitting) <= MOST) return fitting;
  // So many values that no cut helps.
  return { attributes: firstOf(fitting.attributes), events: [], links: [] };
}

function firstOf(attributes: Attributes): Attributes {
  let left = MOST;
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.filter((one) => (left -= sizeOf(Object.fromEntries([one]), bytesOf)) >= 0),
  );
}

/** The attributes of a resource, which are a part of the first segment; the same object where they fit. */
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

/** As JSON, the way the exporter writes it. */
function bytesOf(value: unknown): number {
  if (typeof value === 'object') return bytesOf(JSON.stringify(value));
  if (typeof value !== 'string') return String(value).length + 1;
  return Buffer.byteLength(JSON.stringify(value)) + 5 * (value.match(/[<>&]/g)?.length ?? 0);
}

function size(told: Told): number {
  return sum(told, bytesOf);
}

function roughSize(told: Told): number {
  return sum(told, (value) => {
    if (typeof value === 'object') return bytesOf(value);
    return typeof value === 'string' ? value.length : 8;
  });
}

/** Events that are no exceptions are not part of the segment. */
function sum({ attributes, events, links }: Told, measure: (value: unknown) => number): number {
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
