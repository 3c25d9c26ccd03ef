import { type Span, context, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { requestScope, type RequestScope } from '../scope.js';
import { describeError, stackOfError, expectedStatus, grpcCodeOf } from './describe-error.js';

/** Errors that were recorded in full, each with the ID of the trace. */
const inTrace = new WeakMap<object, string>();

/** Errors whose stack was recorded, each with the ID of the last span that has it. */
const onSpan = new WeakMap<object, string>();

/** Whether the error was recorded in this trace. A value that is not an object cannot be recognized. */
function isRecordedInTrace(error: unknown, span: Span): boolean {
  return isObject(error) && inTrace.get(error) === span.spanContext().traceId;
}

/** Whether the stack of the error was recorded on this span, in an event of any name. */
export function isStackOnSpan(error: unknown, span: Span): boolean {
  return isObject(error) && onSpan.get(error) === span.spanContext().spanId;
}

export function markRecordedInTrace(error: unknown, span: Span): void {
  if (isObject(error)) inTrace.set(error, span.spanContext().traceId);
}

export function markStackOnSpan(error: unknown, span: Span): void {
  if (isObject(error)) onSpan.set(error, span.spanContext().spanId);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Records on a span the value that its body threw (rules 3 and 4).
 *
 * The span where an error occurred records it in full, as an `exception` event; the spans around it get
 * the status ERROR without the stack. For an expected error, its status is recorded as an attribute.
 *
 * @param isError an explicit decision, which overrides rule 4
 */
export function recordError(span: Span, error: unknown, isError?: boolean): void {
  const expected = expectedStatus(error);
  if (expected !== undefined) span.setAttributes(expected);
  if (!(isError ?? expected === undefined)) return;

  const { type, message } = describeError(error);
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  recordException(span, error);
}

/**
 * Adds the `exception` event, unless the same error was already recorded in the trace. The stack is left
 * out if it is already on the span, from a log line.
 */
export function recordException(span: Span, error: unknown): void {
  if (isRecordedInTrace(error, span)) return;
  span.addEvent('exception', exceptionAttributes(error, isStackOnSpan(error, span)));
  markRecordedInTrace(error, span);
  markStackOnSpan(error, span);
  if (typeof error === 'object' && error !== null) return;
  // A primitive cannot be recognized by itself, so the request keeps it for its exception filters.
  const request = requestScope(context.active());
  if (request !== undefined) request.recordedValue = { value: error };
}

function exceptionAttributes(error: unknown, isStackRecorded: boolean): Attributes {
  const { type, message } = describeError(error);
  const stack = isStackRecorded ? undefined : stackOfError(error);
  return {
    'exception.type': type,
    'exception.message': message,
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  };
}

/**
 * Records an error that reached the exception filters on the server span of the call or message: errors
 * of guards, pipes and interceptors have no other span (rule 3). Not recorded are expected errors
 * (rule 4), and errors that another span of the trace has recorded.
 */
export function recordHandledException(request: RequestScope, error: unknown): void {
  const { serverSpan, recordedValue } = request;
  if (!serverSpan.isRecording()) return;
  const isExpected = expectedStatus(error) !== undefined;
  request.thrown = { type: describeError(error).type, isExpected, grpcCode: grpcCodeOf(error) };
  if (isExpected || (recordedValue !== undefined && Object.is(recordedValue.value, error))) return;
  recordException(serverSpan, error);
}
