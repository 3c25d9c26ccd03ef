import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Settings } from '../../settings/settings.js';
import { changedSpan } from '../changed-span.js';
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
  const fitting = fitSegment({
    attributes: segmentAttributes(span, annotate),
    events: exceptionEvents(span.events),
  });
  return changedSpan(span, fitting);
}
