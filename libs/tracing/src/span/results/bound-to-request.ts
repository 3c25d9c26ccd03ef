import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import { RequestEntry } from '../app/request-entry.js';

const binding = Symbol('nestjs-tracing.binding');

interface BoundSubscriber extends Subscriber<unknown> {
  [binding]: RequestEntry;
}

/**
 * An Observable whose operators run in the request that is active when it is subscribed to, also when
 * a value reaches them from elsewhere: from a Subject, a pool or a batch that requests share. Whatever
 * is emitted in the request itself is passed on as it is. Outside of a request nothing changes.
 *
 * Each operator of rxjs adds its subscriber to the one it emits to. So the binding is handed from
 * subscriber to subscriber, up to the sources, and to the inner Observables of `mergeMap` and the like.
 * What several subscribers share (`share()`, a Subject) is not bound, since it belongs to none of them.
 */
export function boundToRequest<T>(source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const entry = RequestEntry.ofActive();
    if (entry !== undefined) bind(subscriber, entry);
    return source.subscribe(subscriber);
  });
}

/** The subscriber gets methods of its own, in front of those of its class. */
function bind(subscriber: Subscriber<unknown>, entry: RequestEntry): void {
  const bound = subscriber as BoundSubscriber;
  bound[binding] = entry;
  bound.next = boundNext;
  bound.error = boundError;
  bound.complete = boundComplete;
  bound.add = boundAdd;
}

function boundNext(this: BoundSubscriber, value: unknown): void {
  const { next } = methodsOf(this);
  if (this[binding].isHere) next.call(this, value);
  else this[binding].run(() => next.call(this, value));
}

function boundError(this: BoundSubscriber, cause: unknown): void {
  const { error } = methodsOf(this);
  if (this[binding].isHere) error.call(this, cause);
  else this[binding].run(() => error.call(this, cause));
}

function boundComplete(this: BoundSubscriber): void {
  const { complete } = methodsOf(this);
  if (this[binding].isHere) complete.call(this);
  else this[binding].run(() => complete.call(this));
}

function boundAdd(this: BoundSubscriber, teardown: TeardownLogic): void {
  if (isSubscriber(teardown) && !(binding in teardown)) bind(teardown, this[binding]);
  methodsOf(this).add.call(this, teardown);
}

function methodsOf(subscriber: BoundSubscriber): Subscriber<unknown> {
  return Object.getPrototypeOf(subscriber) as Subscriber<unknown>;
}

/** Known by its methods: there may be several copies of rxjs. */
function isSubscriber(teardown: unknown): teardown is Subscriber<unknown> {
  if (typeof teardown !== 'object' || teardown === null) return false;
  const { next, error, complete, add } = teardown as Partial<Subscriber<unknown>>;
  return (
    typeof next === 'function' &&
    typeof error === 'function' &&
    typeof complete === 'function' &&
    typeof add === 'function'
  );
}
