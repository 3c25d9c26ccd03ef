import { context, type Span } from '@opentelemetry/api';
import { isObservable, Observable } from 'rxjs';
import { expectedStatus } from '../errors/describe-error.js';
import { recordException } from '../errors/record-error.js';
import { requestScope } from '../scope.js';
import { isPlainPromise } from '../run-in-span.js';
import { callContext } from './body-span.js';
import { subscribeIn, whereSubscribed } from './subscribe-in.js';
import { isPlainObservable } from './traced-observable.js';

type Call = (...args: unknown[]) => unknown;

/**
 * Wraps a function that returns a cold Observable, so that its work runs in the context of the call, even
 * if it is subscribed to elsewhere and later. Values are emitted in the subscriber's context (rule 12).
 */
export function bindToCallSite(call: Call): Call {
  return function (this: unknown, ...args) {
    const callSite = context.active();
    const result = Reflect.apply(call, this, args);
    if (!isObservable(result)) return result;
    return new Observable((subscriber) => {
      const scope = callContext(callSite);
      return scope === context.active()
        ? result.subscribe(subscriber)
        : subscribeIn(scope, result, subscriber, {}, whereSubscribed);
    });
  };
}

/**
 * Wraps an Observable so that it emits its values in the context of the subscriber. The messages of a
 * stream arrive in the context of the call, but processing them belongs to the handler.
 */
export function deliveredWhereSubscribed(argument: unknown): unknown {
  if (!isPlainObservable(argument)) return argument;
  const delivered = new Observable((subscriber) =>
    subscribeIn(context.active(), argument, subscriber, {}, whereSubscribed),
  );
  return handOnExtras(argument, delivered);
}

/** The properties of every Observable. */
const own = new Set<string | symbol>(['source', 'operator', '_subscribe']);

/**
 * Copies the properties that were added to an Observable to its wrapper: `connect` of a connectable
 * Observable, and the function by which a handler lets Nest start the messages of a gRPC stream.
 */
function handOnExtras<T extends object>(original: object, replacement: T): T {
  for (const key of Reflect.ownKeys(original)) {
    const property = Object.getOwnPropertyDescriptor(original, key);
    if (property === undefined || own.has(key) || key in replacement) continue;
    Object.defineProperty(replacement, key, property);
  }
  return replacement;
}

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
