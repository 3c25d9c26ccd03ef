import { types } from 'node:util';
import { context } from '@opentelemetry/api';
import type { DeferredSpan } from './deferred-span.js';
import { recordError } from './record-error.js';
import {
  isAsyncIterable,
  isGenerator,
  tracedGenerator,
  tracedIterable,
} from './traced-iterator.js';
import { isPlainObservable, tracedObservable } from './traced-observable.js';
import { isThenable, tracedThenable } from './traced-thenable.js';

export interface SpanRules {
  /** Whether what was thrown is an error of the span; by default rule 4 decides. */
  readonly isError?: ((error: unknown) => boolean) | undefined;
}

/**
 * Runs a body inside a span and hands its result on: the span ends before a value or a throw leaves,
 * with a promise when it settles; with an Observable, a thenable, a generator or an async iterable
 * each time that its work ends (rules 2 and 3).
 */
export function runInSpan<T>(span: DeferredSpan, body: () => T, rules: SpanRules = {}): T {
  const fail = (failed: DeferredSpan, error: unknown): void =>
    recordError(failed, error, rules.isError);
  let result: T;
  try {
    result = context.with(span.activate(), body);
  } catch (error) {
    fail(span, error);
    span.end();
    throw error;
  }
  if (isPlainPromise(result)) {
    const settled = result.then(
      (value) => {
        span.end();
        return value;
      },
      (error: unknown) => {
        fail(span, error);
        span.end();
        throw error;
      },
    );
    // As the child process does that hangs on the promise of `promisify(exec)`.
    return Object.assign(settled, result) as T;
  }
  if (isPlainObservable(result)) return tracedObservable(result, span, fail) as T;
  if (isThenable(result)) return tracedThenable(result, span, fail);
  if (isGenerator(result)) return tracedGenerator(result, span, fail);
  if (isAsyncIterable(result)) return tracedIterable(result, span, fail);
  span.end();
  return result;
}

/** A subclass of Promise keeps its class only if the very same object goes back. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && Object.getPrototypeOf(value) === Promise.prototype;
}
