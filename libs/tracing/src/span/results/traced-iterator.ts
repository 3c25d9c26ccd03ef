import { context } from '@opentelemetry/api';
import type { DeferredSpan } from '../deferred-span.js';
import { enterContext } from '../enter-context.js';
import { latestCall, type LatestCall } from './body-span.js';
import { hasEveryMethod, methodOf, replaceMethod } from '../user-code.js';
import type { Outcome } from '../outcome.js';
import { isThenable } from './traced-thenable.js';

export function isGenerator(value: unknown): value is object {
  return (
    methodOf(value, 'next') !== undefined &&
    generatorTags.has(tagOf(value as object)) &&
    !hasEveryMethod(value)
  );
}

const generatorTags: ReadonlySet<unknown> = new Set(['Generator', 'AsyncGenerator']);

function tagOf(value: object): unknown {
  try {
    return Reflect.get(value, Symbol.toStringTag);
  } catch {
    return undefined;
  }
}

/** Whether a value can be iterated asynchronously, such as a stream or a cursor. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return methodOf(value, Symbol.asyncIterator) !== undefined && !hasEveryMethod(value);
}

/**
 * Traces a generator: its span lasts from the first step until it is done, throws or `return()` is called,
 * and is active in each step (rule 2). Returns the same object.
 */
export function tracedGenerator<T extends object>(
  generator: T,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): T {
  const call = latestCall(generator, outcome.method, bodySpan);
  call.isFollowed ??= traceSteps(generator, call, outcome);
  if (!call.isFollowed) call.spans.end();
  return generator;
}

/** Traces each iteration of an async iterable like a generator. Returns the same object. */
export function tracedIterable<T extends object>(
  iterable: T,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): T {
  const call = latestCall(iterable, outcome.method, bodySpan);
  const iterate = Reflect.get(iterable, Symbol.asyncIterator) as () => object;
  const iterateTraced = function (this: unknown): object {
    const iterator = Reflect.apply(iterate, this, []);
    traceSteps(iterator, call, outcome);
    return iterator;
  };
  call.isFollowed ??= replaceMethod(iterable, Symbol.asyncIterator, iterateTraced);
  if (!call.isFollowed) call.spans.end();
  return iterable;
}

/** Converts a thenable to a promise: a step of an asynchronous iterator may return any thenable. */
function awaitable(step: unknown): unknown {
  return isThenable(step) ? Promise.resolve(step) : step;
}

/** @returns whether the steps could be intercepted: not if the iterator is frozen */
function traceSteps(iterator: object, call: LatestCall, outcome: Outcome): boolean {
  let span: DeferredSpan | undefined;
  let isEnded = false;
  const end = (finish: (span: DeferredSpan) => void): void => {
    if (span !== undefined && !isEnded) finish(span);
    isEnded = true;
  };
  const fail = (error: unknown): never => {
    end((span) => outcome.fail(span, error));
    throw error;
  };
  const check = (result: unknown): unknown => {
    if (typeof result === 'object' && result !== null && Reflect.get(result, 'done')) {
      end((span) => outcome.succeed(span, Reflect.get(result, 'value')));
    }
    return result;
  };
  const follow = (name: 'next' | 'return' | 'throw'): boolean => {
    const step = methodOf(iterator, name);
    if (step === undefined) return false;
    return replaceMethod(iterator, name, function (this: unknown, ...args: unknown[]) {
      // If it is returned or thrown into before the first step, its body never runs.
      if (span === undefined && name !== 'next') isEnded = true;
      if (isEnded) return Reflect.apply(step, this, args);
      span ??= call.spans.take().span;
      let result: unknown;
      try {
        const entered = enterContext(span.activate());
        if (entered === undefined) {
          result = context.with(span.activate(), () => awaitable(Reflect.apply(step, this, args)));
        } else {
          try {
            result = awaitable(Reflect.apply(step, this, args));
          } finally {
            entered.dispose();
          }
        }
      } catch (error) {
        return fail(error);
      }
      return result instanceof Promise ? result.then(check, fail) : check(result);
    });
  };
  if (!follow('next')) return false;
  follow('return');
  follow('throw');
  return true;
}
