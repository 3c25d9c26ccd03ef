import { types } from 'node:util';
import { context } from '@opentelemetry/api';
import type { DeferredSpan } from './deferred-span.js';
import type { Outcome } from './outcome.js';
import {
  isAsyncIterable,
  isGenerator,
  tracedGenerator,
  tracedIterable,
} from './results/traced-iterator.js';
import { isPlainObservable, tracedObservable } from './results/traced-observable.js';
import { answered, isThenable, tracedThenable } from './results/traced-thenable.js';

/**
 * Runs a body inside a span and hands its result on: the span ends before a value or a throw leaves,
 * with a promise when it settles; with an Observable, a thenable, a generator or an async iterable
 * each time that its work ends (rules 2 and 3). So it does with a promise that resolves to an
 * Observable. Anything else that a promise resolves to, a stream for example, has been obtained when
 * the promise settles, and that is the work of such a method.
 */
export function runInSpan<T>(span: DeferredSpan, body: () => T, outcome: Outcome): T {
  let result: T;
  try {
    result = context.with(span.activate(), body);
  } catch (error) {
    outcome.fail(span, error);
    throw error;
  }
  if (isPlainPromise(result)) {
    const settled = result.then(
      (value) => answered(value, span, outcome),
      (error: unknown) => {
        outcome.fail(span, error);
        throw error;
      },
    );
    // As the child process does that hangs on the promise of `promisify(exec)`.
    return Object.assign(settled, result) as T;
  }
  if (isPlainObservable(result)) return tracedObservable(result, span, outcome) as T;
  if (isThenable(result)) return tracedThenable(result, span, outcome);
  if (isGenerator(result)) return tracedGenerator(result, span, outcome);
  if (isAsyncIterable(result)) return tracedIterable(result, span, outcome);
  outcome.succeed(span, result);
  return result;
}

/** A subclass of Promise keeps its class only if the very same object goes back. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && Object.getPrototypeOf(value) === Promise.prototype;
}
