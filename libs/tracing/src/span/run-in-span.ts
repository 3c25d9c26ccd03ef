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
import { endWithAnswer, isThenable, tracedThenable } from './results/traced-thenable.js';

/** The arguments with which a wrapper calls the original, and the span of the call, if it has one. */
export type WrappedCall =
  | { readonly args: unknown[]; readonly span?: undefined }
  | { readonly args: unknown[]; readonly span: DeferredSpan; readonly outcome: Outcome };

/**
 * Wraps a method so that each call may run in its own span. The wrapper calls the method directly, so it
 * is the only frame of this library on the stack of an error that the method throws (rule 34).
 *
 * @param begin called for each call; if it returns undefined, the method is called without a span
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
 * Ends the span with the result of a call (rules 2, 3): for a value before it is returned, for a promise
 * when it settles, for an Observable, a thenable, a generator or an async iterable each time its work
 * ends. A promise that resolves to an Observable is treated like the Observable. If it resolves to
 * anything else, such as a stream, obtaining that was the work of the method.
 */
function endWithResult<T>(span: DeferredSpan, result: T, outcome: Outcome): T {
  if (isPlainPromise(result)) {
    const settled = result.then(
      (value) => endWithAnswer(value, span, outcome),
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
 * Copies the properties that were added to a promise, such as the `child` of that of `promisify(exec)`.
 * Symbols are not copied: before Node 24, AsyncLocalStorage stores the context of a promise under symbols.
 */
function withMembersOf<T extends object>(original: object, replacement: T): T {
  for (const key of Object.keys(original))
    Reflect.set(replacement, key, Reflect.get(original, key));
  return replacement;
}

/** Whether a value is a promise, and not of a subclass: of that, the same object has to be returned. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && Object.getPrototypeOf(value) === Promise.prototype;
}
