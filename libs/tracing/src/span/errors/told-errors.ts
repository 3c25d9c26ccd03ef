import type { Span } from '@opentelemetry/api';

/** Errors that some span tells in full already, with the trace that this span belongs to. */
const inTrace = new WeakMap<object, string>();

/** Errors whose stack stands on a span, with the id of that span: the last one. */
const onSpan = new WeakMap<object, string>();

/** Whether an `exception` event of the trace tells the error. What is no object cannot be known again. */
export function isToldInTrace(error: unknown, span: Span): boolean {
  return isObject(error) && inTrace.get(error) === span.spanContext().traceId;
}

/** Whether the stack of the error stands on the span, in an event of whatever name. */
export function isToldOnSpan(error: unknown, span: Span): boolean {
  return isObject(error) && onSpan.get(error) === span.spanContext().spanId;
}

export function toldInTrace(error: unknown, span: Span): void {
  if (isObject(error)) inTrace.set(error, span.spanContext().traceId);
}

export function toldOnSpan(error: unknown, span: Span): void {
  if (isObject(error)) onSpan.set(error, span.spanContext().spanId);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
