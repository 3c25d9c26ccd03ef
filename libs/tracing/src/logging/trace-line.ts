import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { LineFormat, LineSink } from './line-sink.js';
import type { SpanIds } from './span-ids.js';

/**
 * Adds the ids of the active span to a line that pino is about to write, and hands the line to the
 * sink if that span records (rules 17 and 18). Without a trace the line goes as it is (rule 21).
 *
 * The line is complete here: redacted, serialized, formatted. So nothing reaches a span that does
 * not stand on the line (rule 19).
 */
export function traceLine(
  text: string,
  format: LineFormat,
  spanIds: SpanIds,
  sink: LineSink | undefined,
): string {
  const span = trace.getActiveSpan();
  if (span === undefined) return text;
  const ids = span.spanContext();
  if (!isSpanContextValid(ids)) return text;
  if (sink !== undefined && span.isRecording()) {
    const fields = parse(text);
    if (fields !== undefined) sink.write({ fields, format }, span);
  }
  return text.includes(`"trace_id":"${ids.traceId}"`) ? text : withFields(text, spanIds(ids));
}

function withFields(text: string, fields: string): string {
  const end = text.lastIndexOf('}');
  if (end === -1) return text;
  const comma = text[end - 1] === '{' ? '' : ',';
  return `${text.slice(0, end)}${comma}${fields}${text.slice(end)}`;
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
