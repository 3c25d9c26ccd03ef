import { Observable } from 'rxjs';
import { BodySpan } from './body-span.js';
import type { DeferredSpan } from './deferred-span.js';
import { handOnExtras } from './hand-on-extras.js';
import { methodOf } from './method-of.js';
import type { Outcome } from './outcome.js';
import { subscribeIn } from './subscribe-in.js';

/** An Observable whose values are handed out, with no way of its own to be fed (a Subject has). */
export function isPlainObservable(value: unknown): value is Observable<unknown> {
  return (
    methodOf(value, 'subscribe') !== undefined &&
    methodOf(value, 'lift') !== undefined &&
    (methodOf(value, 'next') === undefined || isPiped(value as Observable<unknown>))
  );
}

/** What a Subject is piped through has its `next` too, but is handed out as an Observable. */
function isPiped(observable: object): boolean {
  return 'operator' in observable && observable.operator !== undefined;
}

/**
 * Gives each subscription a span that lasts to complete, error or unsubscribe, and is active inside
 * the source and its operators (rule 2). The first subscription takes over the span of the body
 * that returned the Observable.
 */
export function tracedObservable<T>(
  source: Observable<T>,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): Observable<T> {
  const traced: Observable<T> = new Observable<T>((subscriber) => {
    const { span } = spans.take();
    let last: T | undefined;
    let isEnded = false;
    const end = (finish: () => void): void => {
      if (isEnded) return;
      isEnded = true;
      finish();
    };
    const succeed = (): void => end(() => outcome.succeed(span, last));
    subscribeIn(span.activate(), source, subscriber, {
      next: (value) => (last = value),
      error: (error) => end(() => outcome.fail(span, error)),
      complete: succeed,
    });
    return succeed;
  });
  const spans = new BodySpan(bodySpan, traced);
  return handOnExtras(source, traced);
}
