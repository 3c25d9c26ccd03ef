import { Observable, type Observer } from 'rxjs';
import { BodySpan, latestCall } from './body-span.js';
import type { DeferredSpan } from '../deferred-span.js';
import { hasEveryMethod, methodOf, replaceMethod } from '../user-code.js';
import type { Outcome } from '../outcome.js';
import { subscribeIn } from './subscribe-in.js';

/** Whether a value is an Observable but not a Subject, on which other code can emit. */
export function isPlainObservable(value: unknown): value is Observable<unknown> {
  return (
    methodOf(value, 'subscribe') !== undefined &&
    methodOf(value, 'lift') !== undefined &&
    (methodOf(value, 'next') === undefined || isPiped(value as Observable<unknown>)) &&
    !hasEveryMethod(value)
  );
}

/** Whether an operator made it: the Observable of `subject.pipe()` has the `next` of the Subject too. */
function isPiped(observable: object): boolean {
  return 'operator' in observable && observable.operator !== undefined;
}

/** The properties of every Observable, made by the constructor or an operator. */
const common: ReadonlySet<string | symbol> = new Set([
  'source',
  'operator',
  '_subscribe',
  '_isScalar',
]);

/** Whether an Observable has another class or members, which a new Observable would lack. */
function isSpecial(source: Observable<unknown>): boolean {
  return (
    Object.getPrototypeOf(source) !== Observable.prototype ||
    Reflect.ownKeys(source).some((key) => !common.has(key))
  );
}

/**
 * Traces the subscriptions to an Observable that a body returned. Returns a new Observable, or the same
 * object if the Observable has a class or members of its own.
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
 * Gives each subscription a span that lasts until complete, error or unsubscribe, and is active inside
 * the source and its operators (rule 2). The first subscription takes over the span of the body.
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
