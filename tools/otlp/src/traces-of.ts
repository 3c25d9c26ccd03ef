/// <reference lib="es2024.collection" />
import type { Span } from './span.ts';

/** The spans by trace id, the trace that was seen first in front. */
export function tracesOf(spans: readonly Span[]): Map<string, Span[]> {
  return Map.groupBy(spans, (span) => span.traceId);
}
