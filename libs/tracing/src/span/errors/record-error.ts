import { type Span, context, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { requestScope, type RequestScope } from '../request-scope.js';
import { describeError, stackOfError } from './describe-error.js';
import { expectedStatus, grpcCodeOf } from './expected-error.js';

/** Errors that some span tells in full already, with the trace that this span belongs to. */
const inTrace = new WeakMap<object, string>();

/** Errors whose stack stands on a span, with the id of that span: the last one. */
const onSpan = new WeakMap<object, string>();

/** Whether an `exception` event of the trace tells the error. What is no object cannot be known again. */
function isRecordedInTrace(error: unknown, span: Span): boolean {
  return isObject(error) && inTrace.get(error) === span.spanContext().traceId;
}

/** Whether the stack of the error stands on the span, in an event of whatever name. */
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
 * Records what was thrown through a span (rules 3 and 4).
 *
 * The span where an error arose tells it in full, as an `exception` event; the spans around it are
 * marked ERROR without repeating the stack. An expected error leaves its status as an attribute.
 *
 * @param isError the user's word on it, which beats rule 4
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
 * Adds the `exception` event, unless another span of the trace has told this very error. Its stack
 * does not stand on a span twice: a log line may have told it before.
 */
export function recordException(span: Span, error: unknown): void {
  if (isRecordedInTrace(error, span)) return;
  span.addEvent('exception', exceptionAttributes(error, isStackOnSpan(error, span)));
  markRecordedInTrace(error, span);
  markStackOnSpan(error, span);
  if (typeof error === 'object' && error !== null) return;
  // A text cannot be known again by itself, but where the request has come to its end.
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
 * Records on the server span of a call or a message what its exception filters have to answer: what
 * guards, pipes and interceptors throw has no other span (rule 3). An expected error is not recorded
 * (rule 4), nor is one that another span of the trace has recorded.
 */
export function recordHandledException(request: RequestScope, error: unknown): void {
  const { serverSpan, recordedValue } = request;
  if (!serverSpan.isRecording()) return;
  const isExpected = expectedStatus(error) !== undefined;
  request.thrown = { type: describeError(error).type, isExpected, grpcCode: grpcCodeOf(error) };
  if (isExpected || (recordedValue !== undefined && Object.is(recordedValue.value, error))) return;
  recordException(serverSpan, error);
}
