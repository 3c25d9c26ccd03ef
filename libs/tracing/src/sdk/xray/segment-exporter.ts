import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Settings } from '../../settings/settings.js';
import { changedSpan, madeOnce, withAttributes } from '../changed-span.js';
import { exceptionEvents } from './exception-events.js';
import { fitResource, fitSegment } from './fit-segment.js';
import { segmentAttributes } from './segment-attributes.js';
import { segmentLinks } from './segment-links.js';
import { segmentName } from './segment-name.js';

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
