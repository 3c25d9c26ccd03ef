import { Observable } from 'rxjs';
import { BodySpan } from './body-span.js';
import type { DeferredSpan } from './deferred-span.js';
import { methodOf } from './method-of.js';
import { subscribeIn } from './subscribe-in.js';

/** An Observable whose values are handed out, with no way of its own to be fed (a Subject has). */
export function isPlainObservable(value: unknown): value is Observable<unknown> {
  return (
    methodOf(value, 'subscribe') !== undefined &&
    methodOf(value, 'lift') !== undefined &&
    methodOf(value, 'next') === undefined
  );
}

/**
 * Gives each subscription a span that lasts to complete, error or unsubscribe, and is active inside
 * the source and its operators (rule 2). The first subscription takes over the span of the body
 * that returned the Observable.
 */
export function tracedObservable<T>(
  source: Observable<T>,
  bodySpan: DeferredSpan,
  fail: (span: DeferredSpan, error: unknown) => void,
): Observable<T> {
  const traced: Observable<T> = new Observable<T>((subscriber) => {
    const { span } = spans.take();
    let isEnded = false;
    const end = (): void => {
      if (isEnded) return;
      isEnded = true;
      span.end();
    };
    subscribeIn(span.activate(), source, subscriber, {
      error: (error) => {
        if (!isEnded) fail(span, error);
        end();
      },
      complete: end,
    });
    return end;
  });
  const spans = new BodySpan(bodySpan, traced);
  return traced;
}
