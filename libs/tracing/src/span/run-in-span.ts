import { types } from 'node:util';
import { context } from '@opentelemetry/api';
import type { DeferredSpan } from './deferred-span.js';
import { enterContext } from './enter-context.js';
import type { Outcome } from './outcome.js';
import {
  isAsyncIterable,
  isGenerator,
  tracedGenerator,
  tracedIterable,
} from './results/traced-iterator.js';
import { isPlainObservable, tracedObservable } from './results/traced-observable.js';
import { answered, isThenable, tracedThenable } from './results/traced-thenable.js';

/** What a wrapper calls its original with; in a span, where the call has one. */
export type WrappedCall =
  | { readonly args: unknown[]; readonly span?: undefined }
  | { readonly args: unknown[]; readonly span: DeferredSpan; readonly outcome: Outcome };

/**
 * Wraps a method, so that each call may run in a span of its own. The wrapper itself calls the method:
 * it is the only frame of ours on the stack of an error that arises in there (rule 34).
 *
 * @param begin is asked at each call; where it answers nothing, the method is called as it was.
 */
export function wrapInSpan<Result>(
  method: (this: unknown, ...args: never[]) => Result,
  begin: (instance: unknown, args: unknown[]) => WrappedCall | undefined,
): (this: unknown, ...args: unknown[]) => Result {
  const original = method as (this: unknown, ...args: unknown[]) => Result;
  return function (this: unknown, ...args) {
    const call = begin(this, args);
    if (call === undefined) return Reflect.apply(original, this, args);
    if (call.span === undefined) return Reflect.apply(original, this, call.args);
    const scope = call.span.activate();
    let result: Result;
    try {
      const entered = enterContext(scope);
      if (entered === undefined) {
        result = context.with(scope, original, this, ...call.args);
      } else {
        try {
          result = Reflect.apply(original, this, call.args);
        } finally {
          entered.dispose();
        }
      }
    } catch (error) {
      call.outcome.fail(call.span, error);
      throw error;
    }
    return endWithResult(call.span, result, call.outcome);
  };
}

/**
 * Hands a result on: the span ends before a value leaves, with a promise when it settles; with an
 * Observable, a thenable, a generator or an async iterable each time that its work ends (rules 2, 3).
 * So it does with a promise that resolves to an Observable. Anything else that a promise resolves to, a
 * stream for example, has been obtained when the promise settles, and that is the work of such a method.
 */
function endWithResult<T>(span: DeferredSpan, result: T, outcome: Outcome): T {
  if (isPlainPromise(result)) {
    const settled = result.then(
      (value) => answered(value, span, outcome),
      (error: unknown) => {
        outcome.fail(span, error);
        throw error;
      },
    );
    return withMembersOf(result, settled) as T;
  }
  if (isPlainObservable(result)) return tracedObservable(result, span, outcome) as T;
  if (isThenable(result)) return tracedThenable(result, span, outcome);
  if (isGenerator(result)) return tracedGenerator(result, span, outcome);
  if (isAsyncIterable(result)) return tracedIterable(result, span, outcome);
  outcome.succeed(span, result);
  return result;
}

/**
 * Keeps what somebody has put on a promise, such as the child process on that of `promisify(exec)`.
 * Symbols are left out: before Node 24, AsyncLocalStorage keeps the context of a promise under some.
 */
function withMembersOf<T extends object>(original: object, replacement: T): T {
  for (const key of Object.keys(original))
    Reflect.set(replacement, key, Reflect.get(original, key));
  return replacement;
}

/** A subclass of Promise keeps its class only if the very same object goes back. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && Object.getPrototypeOf(value) === Promise.prototype;
}
