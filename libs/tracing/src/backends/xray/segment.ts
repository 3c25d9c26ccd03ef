import type { Attributes, Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { changedSpan } from '../changed-span.js';
import type { Settings } from '../../options/settings.js';
import { fitResource, fitSegment } from './fit-segment.js';
import { segmentAttributes, segmentName } from './segment-attributes.js';

/** How old, and how far in the future, a trace may be for the exporter of the collector, in seconds. */
const OLDEST = 28 * 24 * 60 * 60;
const AHEAD = 5 * 60;

/**
 * Returns the links that a segment can have. For a link to a trace whose ID does not begin with the time,
 * as X-Ray's do, the exporter of the collector would drop the whole segment: such links become text in
 * the attribute `otel.links`.
 */
function segmentLinks(links: ReadableSpan['links']): {
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

/** The maximum number of frames per stack. With a high `Error.stackTraceLimit`, there can be thousands. */
const MOST_FRAMES = 50;

/**
 * Rewrites stacks in events so that the X-Ray exporter can parse them: without frames of Node itself,
 * frames without a location, and `file://` before paths. Each cause of an error becomes a separate
 * exception, since the exporter would add its frames to the stack of the error.
 */
function exceptionEvents(events: readonly TimedEvent[]): TimedEvent[] {
  return events.flatMap((event) => {
    const { 'exception.stacktrace': stack, ...rest } = event.attributes ?? {};
    if (event.name !== 'exception' || typeof stack !== 'string') return [event];
    const [own = '', ...causes] = stack.split(/\n(?=(?:caused by|errors\[\d+\]): )/);
    return [
      { ...event, attributes: { ...rest, 'exception.stacktrace': readableStack(own) } },
      ...causes.map((cause) => ({ ...event, attributes: causeAttributes(cause) })),
    ];
  });
}

function causeAttributes(cause: string): Attributes {
  const text = cause.replace(/^[^:]*: /, '');
  const [head = ''] = text.split(/\n {4}at /, 1);
  const [, type = 'Error', message = head] = /^([\w$.]+)(?:: |$)([^]*)$/.exec(head) ?? [];
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': readableStack(text),
  };
}

function readableStack(stack: string): string {
  let frames = 0;
  return stack
    .split('\n')
    .filter((line) => !/^ +at /.test(line) || (hasPlace(line) && ++frames <= MOST_FRAMES))
    .join('\n')
    .replaceAll('file://', '');
}

function hasPlace(frame: string): boolean {
  return /:\d+:\d+\)?$/.test(frame) && !/[ (]node:/.test(frame);
}

/** The maximum length of a status message, in characters. */
const LONGEST_MESSAGE = 1000;

/** Adapts the attributes of a resource, which are a part of every segment. */
export function segmentResourceAttributes(attributes: Attributes): Attributes {
  const { 'service.name': service } = attributes;
  const name = typeof service === 'string' ? segmentName(service) : '';
  return fitResource(
    name === '' || name === service ? attributes : { ...attributes, 'service.name': name },
  );
}

/**
 * Copies a span so that the X-Ray exporter of the collector builds a correct segment from it, without any
 * attribute processor in the collector.
 */
export function segmentOf(
  span: ReadableSpan,
  { annotate }: Pick<Settings, 'annotate'>,
): ReadableSpan {
  const { links, attributes } = segmentLinks(span.links);
  const fitting = fitSegment({
    attributes: { ...segmentAttributes(span, annotate), ...attributes },
    events: exceptionEvents(span.events),
    links,
  });
  const { code, message } = span.status;
  return changedSpan(span, {
    ...fitting,
    name: segmentName(span.name),
    // If there is no exception, the exporter creates one from the message.
    ...(message !== undefined && { status: { code, message: message.slice(0, LONGEST_MESSAGE) } }),
  });
}
