import { context, type Context } from '@opentelemetry/api';
import { Observable, takeUntil, type Observer, type Subscriber } from 'rxjs';
import { runInContext } from '../enter-context.js';

/**
 * Subscribes to a source on behalf of a subscriber, with one context active in the source and its
 * operators, while the observer is told in the context in which it subscribed.
 *
 * When the subscriber goes, the source is unsubscribed from at once, also in the middle of a
 * synchronous run of values.
 */
export function subscribeIn<T>(
  inner: Context,
  source: Observable<T>,
  subscriber: Subscriber<T>,
  observer: Partial<Observer<T>> = {},
): void {
  const outer = context.active();
  const gone = new Observable<void>((notifier) => {
    subscriber.add(() => runInContext(inner, () => notifier.next()));
  });
  const { next, error, complete } = observer;
  const subscription = runInContext(inner, () =>
    source.pipe(takeUntil(gone)).subscribe({
      next: (value) => {
        next?.(value);
        runInContext(outer, () => subscriber.next(value));
      },
      error: (cause) => {
        error?.(cause);
        runInContext(outer, () => subscriber.error(cause));
      },
      complete: () => {
        if (subscriber.closed) return; // it went, and the source with it: nothing has completed
        complete?.();
        runInContext(outer, () => subscriber.complete());
      },
    }),
  );
  // While an error passes, only this releases the source before a `retry` subscribes to it again.
  subscriber.add(() => runInContext(inner, () => subscription.unsubscribe()));
}
