import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { TimedEvent } from '@opentelemetry/sdk-trace';

/** Bytes for what a span tells. X-Ray takes 64 KB a segment; the rest is for the resource, ids and names. */
const MOST = 48_000;
/** Bytes of the longest text at the first try, and at the last. */
const LONGEST = 16_384;
const SHORTEST = 64;
/** What a character takes at the most: the exporter escapes `<`, `>` and `&`. */
const WORST = 6;

interface Told {
  readonly attributes: Attributes;
  readonly events: TimedEvent[];
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
      events: told.events.map((event) => ({
        ...event,
        ...(event.attributes && { attributes: cutAll(event.attributes, longest) }),
      })),
    };
  }
  return fitting;
}

function cutAll(attributes: Attributes, longest: number): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, cut(value, longest)]),
  );
}

function cut(value: AttributeValue | undefined, longest: number): AttributeValue | undefined {
  if (typeof value === 'string') return cutText(value, longest);
  if (!Array.isArray(value)) return value;
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
  if (typeof value !== 'string') return String(value).length + 1;
  return Buffer.byteLength(JSON.stringify(value)) + 5 * (value.match(/[<>&]/g)?.length ?? 0);
}

function size(told: Told): number {
  return sum(told, bytesOf);
}

function roughSize(told: Told): number {
  return sum(told, (value) => (typeof value === 'string' ? value.length : 8));
}

/** Events that are no exceptions are not part of the segment. */
function sum({ attributes, events }: Told, measure: (value: unknown) => number): number {
  let total = 0;
  const add = (given: Attributes = {}): void => {
    for (const [key, value] of Object.entries(given)) {
      total += key.length + 4;
      for (const one of Array.isArray(value) ? value : [value]) total += measure(one);
    }
  };
  add(attributes);
  for (const event of events) if (event.name === 'exception') add(event.attributes);
  return total;
}
