import type { ExportTraceRequest, ResourceSpans, WireSpan } from './export-trace-request.ts';
import { hexId } from './hex-id.ts';
import { plainAttributes } from './plain-attributes.ts';
import type { Attributes, Span, SpanKind } from './span.ts';

/** In the order of the enum `Span.SpanKind`. */
const KINDS: SpanKind[] = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
/** In the order of the enum `Status.StatusCode`. */
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'] as const;

/** The spans of one request, in its order. */
export function spansOf(request: ExportTraceRequest): Span[] {
  return (request.resourceSpans ?? []).flatMap(spansOfResource);
}

function spansOfResource({ resource, scopeSpans = [] }: ResourceSpans): Span[] {
  const attributes = plainAttributes(resource?.attributes);
  return scopeSpans.flatMap(({ scope, spans = [] }) =>
    spans.map((span) => flatSpan(span, attributes, scope?.name ?? '')),
  );
}

function flatSpan(span: WireSpan, resource: Attributes, scope: string): Span {
  return {
    service: String(resource['service.name'] ?? 'unknown_service'),
    resource,
    scope,
    traceId: hexId(span.traceId),
    spanId: hexId(span.spanId),
    parentSpanId: hexId(span.parentSpanId) || undefined,
    name: span.name ?? '',
    kind: KINDS[span.kind ?? 0] ?? 'UNSPECIFIED',
    start: BigInt(span.startTimeUnixNano ?? 0),
    end: BigInt(span.endTimeUnixNano ?? 0),
    attributes: plainAttributes(span.attributes),
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      time: BigInt(event.timeUnixNano ?? 0),
      attributes: plainAttributes(event.attributes),
    })),
    status: {
      code: STATUS_CODES[span.status?.code ?? 0] ?? 'UNSET',
      message: span.status?.message ?? '',
    },
    links: (span.links ?? []).map((link) => ({
      traceId: hexId(link.traceId),
      spanId: hexId(link.spanId),
      attributes: plainAttributes(link.attributes),
    })),
  };
}
