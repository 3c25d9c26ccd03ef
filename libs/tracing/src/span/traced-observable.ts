import { Observable } from 'rxjs';
import { callContext } from './call-context.js';
import type { DeferredSpan } from './deferred-span.js';
import { subscribeIn } from './subscribe-in.js';
import { unsubscribedSpans } from './unsubscribed-spans.js';

/** An Observable whose values are handed out, with no way of its own to be fed (a Subject has). */
export function isPlainObservable(value: unknown): value is Observable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'subscribe' in value &&
    typeof value.subscribe === 'function' &&
    'lift' in value &&
    typeof value.lift === 'function' &&
    !('next' in value)
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
  let isTaken = false;
  const traced = new Observable<T>((subscriber) => {
    const parent = callContext(bodySpan.calledIn);
    const span = isTaken ? bodySpan.again(parent) : bodySpan;
    if (!isTaken) {
      isTaken = true;
      unsubscribedSpans.take(bodySpan);
      bodySpan.restart(parent);
    }
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
  unsubscribedSpans.hold(bodySpan, traced);
  return traced;
}
