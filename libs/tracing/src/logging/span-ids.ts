import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/**
 * Reads the ids of a span as its lines carry them behind their other fields: a piece of JSON that begins
 * with a comma. Undefined where there is no trace.
 */
export type ReadIds = (span: SpanContext) => string | undefined;

/**
 * @param isForXray whether lines carry the trace's id as X-Ray writes it as well: its console looks for
 *   them by that, or by the 32 digits.
 */
export function readIds(isForXray: boolean): ReadIds {
  // Lines come in groups: those of the span that was read last are kept.
  let last: SpanContext | undefined;
  let ids: string | undefined;
  return (span) => {
    if (span !== last) {
      ids = isSpanContextValid(span) ? textOf(span, isForXray) : undefined;
      last = span;
    }
    return ids;
  };
}

function textOf({ traceId, spanId, traceFlags }: SpanContext, isForXray: boolean): string {
  const flags = traceFlags.toString(16).padStart(2, '0');
  const ids = `,"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${flags}"`;
  return isForXray ? `${ids},"xray_trace_id":"1-${traceId.slice(0, 8)}-${traceId.slice(8)}"` : ids;
}
