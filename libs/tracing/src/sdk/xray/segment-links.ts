import type { Attributes, Link } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Seconds that the exporter of the collector allows a trace to be old, and to be ahead. */
const OLDEST = 28 * 24 * 60 * 60;
const AHEAD = 5 * 60;

/**
 * The links of a span that a segment can have. For a link to a trace whose ID does not begin with the time,
 * as those of X-Ray do, the exporter of the collector drops the whole segment: it becomes text, in the
 * attribute `otel.links`.
 */
export function segmentLinks(links: ReadableSpan['links']): {
  readonly links: ReadableSpan['links'];
  readonly attributes: Attributes;
} {
  const kept = links.filter(isToXRay);
  if (kept.length === links.length) return { links, attributes: {} };
  const others = links.filter((link) => !isToXRay(link));
  return {
    links: kept,
    attributes: {
      'otel.links': others.map(({ context }) => `${context.traceId}-${context.spanId}`),
    },
  };
}

function isToXRay({ context }: Link): boolean {
  const age = Date.now() / 1000 - Number.parseInt(context.traceId.slice(0, 8), 16);
  return age < OLDEST && age > -AHEAD;
}
