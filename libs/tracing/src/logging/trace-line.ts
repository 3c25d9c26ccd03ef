import { isSpanContextValid, trace, type SpanContext } from '@opentelemetry/api';
import type { LineFormat, LineSink } from './line-sink.js';

/**
 * Adds the ids of the active span to a line that pino is about to write, and hands the line to the
 * sink if that span records (rules 17 and 18). Without a trace the line goes as it is (rule 21).
 *
 * The line is complete here: redacted, serialized, formatted. So nothing reaches a span that does
 * not stand on the line (rule 19).
 */
export function traceLine(text: string, format: LineFormat, sink: LineSink | undefined): string {
  const span = trace.getActiveSpan();
  if (span === undefined) return text;
  const ids = span.spanContext();
  if (!isSpanContextValid(ids)) return text;
  if (sink !== undefined && span.isRecording()) {
    const fields = parse(text);
    if (fields !== undefined) sink.write({ fields, format }, span);
  }
  return withIds(text, ids);
}

function withIds(text: string, { traceId, spanId, traceFlags }: SpanContext): string {
  const end = text.lastIndexOf('}');
  if (end === -1 || text.includes(`"trace_id":"${traceId}"`)) return text;
  const flags = traceFlags.toString(16).padStart(2, '0');
  const comma = text[end - 1] === '{' ? '' : ',';
  return `${text.slice(0, end)}${comma}"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${flags}"${text.slice(end)}`;
}

/** A stream hook of the app may have written something that is no JSON: then there is no event. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === 'object' && fields !== null
      ? (fields as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
