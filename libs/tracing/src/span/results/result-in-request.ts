import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { requestScope } from '../app/request-scope.js';
import { isPlainPromise } from '../run-in-span.js';
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
