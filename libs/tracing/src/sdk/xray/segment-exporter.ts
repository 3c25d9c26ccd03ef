import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Settings } from '../../settings/settings.js';
import { exceptionEvents } from './exception-events.js';
import { fitSegment } from './fit-segment.js';
import { segmentAttributes } from './segment-attributes.js';

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

function asSegment(span: ReadableSpan, annotate: readonly string[]): ReadableSpan {
  const { attributes, events } = fitSegment({
    attributes: segmentAttributes(span, annotate),
    events: exceptionEvents(span.events),
  });
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    parentSpanContext: span.parentSpanContext,
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes,
    links: span.links,
    events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}
