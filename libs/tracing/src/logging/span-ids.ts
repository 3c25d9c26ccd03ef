import type { SpanContext } from '@opentelemetry/api';

/** The ids of a span as a line carries them: fields of JSON, without the braces. */
export type SpanIds = (span: SpanContext) => string;

export const spanIds: SpanIds = ({ traceId, spanId, traceFlags }) =>
  `"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${flags(traceFlags)}"`;

/** The X-Ray console looks for a trace's lines by the id as it writes it, or by the 32 digits. */
export const spanIdsForXray: SpanIds = (span) =>
  `${spanIds(span)},"xray_trace_id":"1-${span.traceId.slice(0, 8)}-${span.traceId.slice(8)}"`;

function flags(traceFlags: number): string {
  return traceFlags.toString(16).padStart(2, '0');
}
