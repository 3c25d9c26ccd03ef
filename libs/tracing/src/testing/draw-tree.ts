import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * Draws spans as an indented tree. Each span is below its parent, siblings are in the order of their starts,
 * and a span without a parent in the list is a root. The events of a span are listed below its name. The tree
 * begins and ends with a line break, so that it is readable in an inline snapshot.
 */
export function drawTree(spans: readonly ReadableSpan[]): string {
  const ids = new Set(spans.map(idOf));
  const inOrder = spans.toSorted(byStart);
  const childrenOf = (id: string): ReadableSpan[] =>
    inOrder.filter((span) => span.parentSpanContext?.spanId === id);
  const draw = (span: ReadableSpan, indent: string): string[] => [
    `${indent}${span.name}${statusOf(span)}`,
    ...span.events.map(({ name }) => `${indent}  · ${name}`),
    ...childrenOf(idOf(span)).flatMap((child) => draw(child, `${indent}  `)),
  ];
  const roots = inOrder.filter((span) => !ids.has(span.parentSpanContext?.spanId ?? ''));
  return `\n${roots.map((root) => `${draw(root, '').join('\n')}\n`).join('')}`;
}

function byStart(
  { startTime: [a, aNanos] }: ReadableSpan,
  { startTime: [b, bNanos] }: ReadableSpan,
) {
  return a - b || aNanos - bNanos;
}

function idOf(span: ReadableSpan): string {
  return span.spanContext().spanId;
}

function statusOf({ status }: ReadableSpan): string {
  if (status.code !== SpanStatusCode.ERROR) return '';
  return status.message === undefined ? ' ERROR' : ` ERROR: ${status.message}`;
}
