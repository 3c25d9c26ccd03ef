import { context } from '@opentelemetry/api';
import type { DeferredSpan } from '../deferred-span.js';
import { runInContext } from '../enter-context.js';
import { latestCall } from './body-span.js';
import { hasEveryMethod, methodOf, replaceMethod } from '../user-code.js';
import type { Outcome } from '../outcome.js';
import { isPlainObservable, tracedObservable } from './traced-observable.js';

type Settle = ((value: unknown) => unknown) | null | undefined;
type Then = (onFulfilled?: Settle, onRejected?: Settle) => unknown;

/** Whether a value has a `then`, such as a subclass of Promise or a query builder. */
export function isThenable(value: unknown): value is object {
  return methodOf(value, 'then') !== undefined && !hasEveryMethod(value);
}

/**
 * Traces the work that a call of `then` waits for (rule 2). Returns the same object; nothing is started
 * before `then` is called. A further call of `then` gets its own span only if something is recorded in it:
 * then it has started the work again.
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
    const hasWork = (): boolean => isFirst || span.isStarted;
    return runInContext(
      span.activate(),
      original,
      this,
      (answer: unknown) => {
        const value = hasWork() ? endWithAnswer(answer, span, outcome) : answer;
        return typeof onFulfilled === 'function'
          ? runInContext(outer, onFulfilled, undefined, value)
          : value;
      },
      (error: unknown) => {
        if (hasWork()) outcome.fail(span, error);
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
 * Ends the span of an asynchronous call with its result. If that is an Observable, its first subscription
 * takes over the span, which keeps its start, so that the time waited before counts.
 */
export function endWithAnswer(answer: unknown, span: DeferredSpan, outcome: Outcome): unknown {
  if (!isPlainObservable(answer)) {
    outcome.succeed(span, answer);
    return answer;
  }
  span.isRecording(); // starts the span, so that `restart()` does not move its start
  return tracedObservable(answer, span, outcome);
}
