/// <reference lib="es2024.collection" />
import type { Span } from './span.ts';

export interface SpanNode {
  readonly span: Span;
  /** In the order of their start. */
  readonly children: SpanNode[];
  /** Why this node stands at the top although it names a parent. */
  readonly orphan?: 'missing parent' | 'loop';
}

/** Spans under their parents. Real roots first, then what hangs on a parent that is not there. */
export function spanForest(spans: readonly Span[]): SpanNode[] {
  // An exporter that retries may deliver a span twice.
  const byId = new Map(spans.map((span) => [keyOf(span, span.spanId), span]));
  const sorted = [...byId.values()].sort((a, b) => Number(a.start - b.start));
  const childrenOf = Map.groupBy(sorted, (span) => keyOf(span, span.parentSpanId));
  const seen = new Set<Span>();

  const nodeOf = (span: Span, orphan?: SpanNode['orphan']): SpanNode => {
    seen.add(span);
    const children = (childrenOf.get(keyOf(span, span.spanId)) ?? [])
      .filter((child) => !seen.has(child))
      .map((child) => nodeOf(child));
    return orphan ? { span, children, orphan } : { span, children };
  };

  const roots = sorted.filter((span) => !span.parentSpanId).map((span) => nodeOf(span));
  const orphans = sorted
    .filter((span) => span.parentSpanId && !byId.has(keyOf(span, span.parentSpanId)))
    .map((span) => nodeOf(span, 'missing parent'));
  // Hostile or broken ids can make two spans each other's parent: no way leads to them from a root.
  const loops: SpanNode[] = [];
  for (const span of sorted) {
    if (!seen.has(span)) loops.push(nodeOf(span, 'loop'));
  }
  return [...roots, ...orphans, ...loops];
}

function keyOf(span: Span, spanId: string | undefined): string {
  return `${span.traceId}/${spanId ?? ''}`;
}
