import { context, SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { requestScope } from '../app/request-scope.js';
import { describeError } from './describe-error.js';
import { stackOfError } from './stack-of-error.js';
import { expectedStatus } from './expected-error.js';
import { isToldInTrace, isToldOnSpan, toldInTrace, toldOnSpan } from './told-errors.js';

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
  if (isToldInTrace(error, span)) return;
  span.addEvent('exception', exceptionAttributes(error, isToldOnSpan(error, span)));
  toldInTrace(error, span);
  toldOnSpan(error, span);
  if (typeof error === 'object' && error !== null) return;
  // A text cannot be known again by itself, but where the request has come to its end.
  const request = requestScope(context.active());
  if (request !== undefined) request.toldValue = { value: error };
}

function exceptionAttributes(error: unknown, isStackTold: boolean): Attributes {
  const { type, message } = describeError(error);
  const stack = isStackTold ? undefined : stackOfError(error);
  return {
    'exception.type': type,
    'exception.message': message,
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  };
}
