import { context } from '@opentelemetry/api';
import type { DeferredSpan } from '../deferred-span.js';
import { runInContext } from '../enter-context.js';
import { latestCall } from './body-span.js';
import { hasEveryMethod, methodOf, replaceMethod } from '../methods.js';
import type { Outcome } from '../outcome.js';
import { isPlainObservable, tracedObservable } from './traced-observable.js';

type Settle = ((value: unknown) => unknown) | null | undefined;
type Then = (onFulfilled?: Settle, onRejected?: Settle) => unknown;

/** A subclass of Promise, or something of one's own that has a `then`, as a query builder. */
export function isThenable(value: unknown): value is object {
  return methodOf(value, 'then') !== undefined && !hasEveryMethod(value);
}

/**
 * Makes a span of the work that a call of `then` waits for (rule 2). It stays the same object, and
 * nothing is set off before somebody calls `then`. A further call is a span of its own if something
 * is recorded under it: then it has started the work anew.
 */
export function tracedThenable<T extends object>(
  thenable: T,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): T {
  const call = latestCall(thenable, outcome.method, bodySpan);
  const original = Reflect.get(thenable, 'then') as Then;
  const then: Then = function (this: unknown, onFulfilled, onRejected) {
    const { span, isFirst } = call.spans.take();
    const outer = context.active();
    const isOfInterest = (): boolean => isFirst || span.isStarted;
    return runInContext(
      span.activate(),
      original,
      this,
      (answer: unknown) => {
        const value = isOfInterest() ? answered(answer, span, outcome) : answer;
        return typeof onFulfilled === 'function'
          ? runInContext(outer, onFulfilled, undefined, value)
          : value;
      },
      (error: unknown) => {
        if (isOfInterest()) outcome.fail(span, error);
        if (typeof onRejected === 'function') {
          return runInContext(outer, onRejected, undefined, error);
        }
        throw error;
      },
    );
  };
  call.isFollowed ??= replaceMethod(thenable, 'then', then);
  if (!call.isFollowed) call.spans.end();
  return thenable;
}

/**
 * Ends the span of an asynchronous call with its answer, unless that is an Observable, whose
 * subscriptions have the span then. It has begun with the call: what that has waited for counts.
 */
export function answered(answer: unknown, span: DeferredSpan, outcome: Outcome): unknown {
  if (!isPlainObservable(answer)) {
    outcome.succeed(span, answer);
    return answer;
  }
  span.isRecording();
  return tracedObservable(answer, span, outcome);
}
