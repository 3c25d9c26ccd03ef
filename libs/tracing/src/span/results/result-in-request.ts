import { context, type Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { expectedStatus } from '../errors/expected-error.js';
import { recordException } from '../errors/record-error.js';
import { isPlainPromise } from '../run-in-span.js';
import { requestScope } from '../request-scope.js';
import { subscribeIn } from './subscribe-in.js';
import { isPlainObservable } from './traced-observable.js';

/**
 * Binds the result of a handler without its own span to the request: if it is an Observable, or a promise
 * that resolves to one, its work runs in the context of the request (rule 31).
 *
 * @param onError called with the error if the result fails
 */
export function resultInRequest<T>(result: T, onError?: (error: unknown) => void): T {
  const scope = context.active();
  if (onError === undefined && requestScope(scope) === undefined) return result;
  const observer = onError === undefined ? {} : { error: onError };
  const follow = <V>(value: V): V =>
    isPlainObservable(value)
      ? (new Observable((subscriber) => subscribeIn(scope, value, subscriber, observer)) as V)
      : value;
  if (!isPlainPromise(result)) return follow(result);
  const settled = result.then(follow, (error: unknown) => {
    onError?.(error);
    throw error;
  });
  return settled as T;
}

/**
 * Runs a body without its own span. The error that it throws is recorded on the given outer span, but the
 * status of that span is left to the protocol.
 */
export function recordErrors<T>(span: Span, body: () => T): T {
  const record = (error: unknown): void => {
    if (span.isRecording() && expectedStatus(error) === undefined) recordException(span, error);
  };
  let result: T;
  try {
    result = body();
  } catch (error) {
    record(error);
    throw error;
  }
  return resultInRequest(result, record);
}
