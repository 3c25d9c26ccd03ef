import { diag, SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { describeError } from './describe-error.js';
import { expectedStatus } from './expected-error.js';

/** Errors that some span tells in full already, with the trace that this span belongs to. */
const told = new WeakMap<object, string>();

/**
 * Records what was thrown through a span (rules 3 and 4).
 *
 * The span where an error arose tells it in full, as an `exception` event; the spans around it are
 * marked ERROR without repeating the stack. An expected error leaves its status as an attribute.
 */
export function recordError(
  span: Span,
  error: unknown,
  isError?: (error: unknown) => boolean,
): void {
  if (!span.isRecording()) return;
  const expected = expectedStatus(error);
  if (expected !== undefined) span.setAttributes(expected);
  if (!isFault(error, expected === undefined, isError)) return;

  const { type, message } = describeError(error);
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  recordException(span, error);
}

/** The user's word on it, where there is one; if it throws, the error of the method is not lost. */
function isFault(
  error: unknown,
  isFaultByRule: boolean,
  isError: ((error: unknown) => boolean) | undefined,
): boolean {
  if (isError === undefined) return isFaultByRule;
  try {
    return isError(error);
  } catch (thrown) {
    diag.warn('nestjs-tracing: the isError of @Traced() has thrown', thrown);
    return isFaultByRule;
  }
}

/** Adds the `exception` event, unless another span of the trace has told this very error. */
export function recordException(span: Span, error: unknown): void {
  if (typeof error === 'object' && error !== null) {
    const { traceId } = span.spanContext();
    if (told.get(error) === traceId) return;
    told.set(error, traceId);
  }
  span.addEvent('exception', exceptionAttributes(error));
}

function exceptionAttributes(error: unknown): Attributes {
  const { type, message, stack } = describeError(error);
  return {
    'exception.type': type,
    'exception.message': message,
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  };
}
