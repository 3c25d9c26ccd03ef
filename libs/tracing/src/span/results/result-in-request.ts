import { context, type Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { expectedStatus } from '../errors/expected-error.js';
import { recordException } from '../errors/record-error.js';
import { isPlainPromise } from '../run-in-span.js';
import { requestScope } from '../request-scope.js';
import { subscribeIn } from './subscribe-in.js';
import { isPlainObservable } from './traced-observable.js';

/**
 * The result of a handler that has no span of its own. If it is an Observable, or a promise that
 * resolves to one, what that does runs in the request that is being answered (rule 31).
 *
 * @param onError called with what the result fails with
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
 * Runs a body that has no span of its own: what it throws is told on a span around it, whose status
 * the protocol decides.
 */
export function recordErrors<T>(span: Span, body: () => T): T {
  const tell = (error: unknown): void => {
    if (span.isRecording() && expectedStatus(error) === undefined) recordException(span, error);
  };
  let result: T;
  try {
    result = body();
  } catch (error) {
    tell(error);
    throw error;
  }
  return resultInRequest(result, tell);
}
