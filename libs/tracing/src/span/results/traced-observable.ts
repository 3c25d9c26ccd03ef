import { Observable, type Observer } from 'rxjs';
import { BodySpan, latestCall } from './body-span.js';
import type { DeferredSpan } from '../deferred-span.js';
import { hasEveryMethod, methodOf, replaceMethod } from '../methods.js';
import type { Outcome } from '../outcome.js';
import { subscribeIn } from './subscribe-in.js';

/** An Observable whose values are handed out, with no way of its own to be fed (a Subject has). */
export function isPlainObservable(value: unknown): value is Observable<unknown> {
  return (
    methodOf(value, 'subscribe') !== undefined &&
    methodOf(value, 'lift') !== undefined &&
    (methodOf(value, 'next') === undefined || isPiped(value as Observable<unknown>)) &&
    !hasEveryMethod(value)
  );
}

/** What a Subject is piped through has its `next` too, but is handed out as an Observable. */
function isPiped(observable: object): boolean {
  return 'operator' in observable && observable.operator !== undefined;
}

/** What every Observable has, made by a constructor or an operator. */
const common: ReadonlySet<string | symbol> = new Set([
  'source',
  'operator',
  '_subscribe',
  '_isScalar',
]);

/** One of a class of its own, or with members that another Observable in its place would not have. */
function isSpecial(source: Observable<unknown>): boolean {
  return (
    Object.getPrototypeOf(source) !== Observable.prototype ||
    Reflect.ownKeys(source).some((key) => !common.has(key))
  );
}

/**
 * Traces the subscriptions to what a body returned, which stands in for the Observable unless that is
 * one of a kind: then the very same object goes back.
 */
export function tracedObservable<T>(
  source: Observable<T>,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): Observable<T> {
  if (!isSpecial(source)) {
    const traced: Observable<T> = observe(source, () => spans.take().span, outcome);
    const spans = new BodySpan(bodySpan, traced);
    return traced;
  }
  const call = latestCall(source, outcome.method, bodySpan);
  const subscribe = methodOf(source, 'subscribe') as Observable<T>['subscribe'];
  const bare = new Observable<T>((subscriber) => Reflect.apply(subscribe, source, [subscriber]));
  const traced = observe(bare, () => call.spans.take().span, outcome);
  call.isFollowed ??= replaceMethod(source, 'subscribe', (...args: [Observer<T>]) =>
    traced.subscribe(...args),
  );
  if (!call.isFollowed) call.spans.end();
  return source;
}

/**
 * Gives each subscription a span that lasts to complete, error or unsubscribe, and is active inside
 * the source and its operators (rule 2). The first subscription takes over the span of the body
 * that returned the Observable.
 */
function observe<T>(
  source: Observable<T>,
  takeSpan: () => DeferredSpan,
  outcome: Outcome,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    const span = takeSpan();
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
}
