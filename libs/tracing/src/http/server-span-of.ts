import type { Span } from '@opentelemetry/api';

const spans = new WeakMap<object, Span>();

/** Keeps in mind the span of the request that a response answers. */
export function keepServerSpan(response: object, span: Span): void {
  spans.set(response, span);
}

/** The span of the request that a response answers; undefined for anything else. */
export function serverSpanOf(response: unknown): Span | undefined {
  return typeof response === 'object' && response !== null ? spans.get(response) : undefined;
}
