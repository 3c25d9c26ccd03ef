import { context, trace, type Context } from '@opentelemetry/api';
import { takeUntil, Observable, type Observer, type Subscriber } from 'rxjs';
import { runInContext } from '../enter-context.js';
import { boundToRequest } from './bound-to-request.js';

/**
 * Decides in which context a subscriber gets a value that is being emitted.
 *
 * @param inner the context that was active in the source when it was subscribed to
 * @param outer the context in which the subscriber has subscribed
 */
export type Delivery = (inner: Context, outer: Context) => Context;

/** Always in the context of the subscriber. */
export const whereSubscribed: Delivery = (_inner, outer) => outer;

/**
 * Where the subscriber would run if the source had no span of its own: in its own context, as long as
 * the span of the source is the active one; else in the active one, which is that of somebody who
 * feeds the source, as a Subject is fed.
 */
const asWithoutSpan: Delivery = (inner, outer) => {
  const active = context.active();
  if (active === inner) return outer;
  const span = trace.getSpan(inner);
  if (span === undefined || trace.getSpan(active) !== span) return active;
  // Something else was put on top, as baggage is.
  const outerSpan = trace.getSpan(outer);
  return outerSpan === undefined ? trace.deleteSpan(active) : trace.setSpan(active, outerSpan);
};

/**
 * Subscribes to a source on behalf of a subscriber, with one context active in the source and its
 * operators. Where that context belongs to a request, they run in the request wherever their values
 * come from.
 *
 * When the subscriber goes, the source is unsubscribed from at once, also in the middle of a
 * synchronous run of values.
 */
export function subscribeIn<T>(
  inner: Context,
  source: Observable<T>,
  subscriber: Subscriber<T>,
  observer: Partial<Observer<T>> = {},
  delivery: Delivery = asWithoutSpan,
): void {
  const outer = context.active();
  const gone = new Observable<void>((notifier) => {
    subscriber.add(() => runInContext(inner, () => notifier.next()));
  });
  const { next, error, complete } = observer;
  const subscription = runInContext(inner, () =>
    boundToRequest(source)
      .pipe(takeUntil(gone))
      .subscribe({
        next: (value) => {
          next?.(value);
          runInContext(delivery(inner, outer), () => subscriber.next(value));
        },
        error: (cause) => {
          error?.(cause);
          runInContext(delivery(inner, outer), () => subscriber.error(cause));
        },
        complete: () => {
          if (subscriber.closed) return; // it went, and the source with it: nothing has completed
          complete?.();
          runInContext(delivery(inner, outer), () => subscriber.complete());
        },
      }),
  );
  // While an error passes, only this releases the source before a `retry` subscribes to it again.
  subscriber.add(() => runInContext(inner, () => subscription.unsubscribe()));
}
