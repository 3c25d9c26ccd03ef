import { traceTree, type Span } from '@shop/otlp';

/** The span in whose name the tests send their requests. It is nobody's, so nobody exports it. */
const CALLER = '00000000000000aa';

/** A trace as an indented tree, for inline snapshots. The caller of the test is no span. */
export function tree(spans: readonly Span[]): string {
  const known = spans.map((span) =>
    span.parentSpanId === CALLER ? { ...span, parentSpanId: undefined } : span,
  );
  return `\n${traceTree(known)}\n`;
}

/**
 * Whether a trace is all here: its root, every parent, and what answered every call. Processes export
 * on their own, and in each of them children end before their parents.
 */
export function isWhole(spans: readonly Span[], traceId: string): boolean {
  const own = spans.filter((span) => span.traceId === traceId);
  const ids = new Set([CALLER, ...own.map((span) => span.spanId)]);
  const parents = new Set(own.map((span) => span.parentSpanId));
  return (
    parents.has(CALLER) &&
    own.every((span) => ids.has(span.parentSpanId ?? '')) &&
    own.every((span) => span.kind !== 'CLIENT' || parents.has(span.spanId))
  );
}

export function newTrace(): { traceId: string; traceparent: string } {
  const traceId = crypto.randomUUID().replaceAll('-', '');
  return { traceId, traceparent: `00-${traceId}-${CALLER}-01` };
}
