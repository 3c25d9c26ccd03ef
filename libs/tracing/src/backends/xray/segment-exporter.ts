import type { Attributes, Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent, SpanExporter } from '@opentelemetry/sdk-trace';
import { changedSpan, madeOnce, withAttributes } from '../changed-span.js';
import type { Settings } from '../../options/settings.js';
import { fitResource, fitSegment } from './fit-segment.js';
import { segmentAttributes, segmentName } from './segment-attributes.js';

/** Seconds that the exporter of the collector allows a trace to be old, and to be ahead. */
const OLDEST = 28 * 24 * 60 * 60;
const AHEAD = 5 * 60;

/**
 * The links of a span that a segment can have. For a link to a trace whose ID does not begin with the time,
 * as those of X-Ray do, the exporter of the collector drops the whole segment: it becomes text, in the
 * attribute `otel.links`.
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

/** Frames of one stack; a stack overflow in an app that asks for long stacks has thousands. */
const MOST_FRAMES = 50;

/**
 * The events of a span with their stacks as the X-Ray exporter parses them: frames of Node itself and
 * those without a place left out, and no `file://` before a path. Each cause of an error is an
 * exception of its own: the exporter would put its frames on the error's stack.
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

/**
 * Exports spans in the form in which the X-Ray exporter of the collector makes right segments of them,
 * also where the collector changes no attributes. All of it happens here, when a batch is sent: the
 * spans themselves stay as they are.
 */
export function segmentExporter(
  exporter: SpanExporter,
  { annotate }: Pick<Settings, 'annotate'>,
): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(
        spans.map((span) => asSegment(span, annotate)),
        done,
      ),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Characters of the message of a status. */
const LONGEST_MESSAGE = 1000;

const segmentResource = madeOnce((resource: ReadableSpan['resource']) =>
  withAttributes(resource, segmentResourceAttributes(resource.attributes)),
);

function segmentResourceAttributes(attributes: Attributes): Attributes {
  const { 'service.name': service } = attributes;
  const name = typeof service === 'string' ? segmentName(service) : '';
  return fitResource(
    name === '' || name === service ? attributes : { ...attributes, 'service.name': name },
  );
}

function asSegment(span: ReadableSpan, annotate: readonly string[]): ReadableSpan {
  const { links, attributes } = segmentLinks(span.links);
  const fitting = fitSegment({
    attributes: { ...segmentAttributes(span, annotate), ...attributes },
    events: exceptionEvents(span.events),
    links,
  });
  const resource = segmentResource(span.resource);
  const { code, message } = span.status;
  return changedSpan(span, {
    ...fitting,
    resource,
    name: segmentName(span.name),
    // Without an exception, the exporter makes one of the message.
    ...(message !== undefined && { status: { code, message: message.slice(0, LONGEST_MESSAGE) } }),
  });
}
