import { context, type Context } from '@opentelemetry/api';
import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import { requestScope } from '../app/request-scope.js';

/** The context that a subscriber returns to, and the request to which it belongs. */
interface Binding {
  readonly scope: Context;
  readonly request: unknown;
}

const binding = Symbol('nestjs-tracing.binding');

interface BoundSubscriber extends Subscriber<unknown> {
  [binding]: Binding;
}

/**
 * An Observable whose operators run in a request also when a value reaches them from another one: from
 * a Subject, a pool or a batch that requests share. Whatever is emitted in the request itself is
 * passed on as it is. Outside of a request nothing changes.
 *
 * Each operator of rxjs adds its subscriber to the one it emits to. So the binding is handed from
 * subscriber to subscriber, up to the sources, and to the inner Observables of `mergeMap` and the like.
 * What several subscribers share (`share()`, a Subject) is not bound, since it belongs to none of them.
 */
export function boundToRequest<T>(source: Observable<T>, scope: Context): Observable<T> {
  const request = requestScope(scope);
  if (request === undefined) return source;
  return new Observable((subscriber) => {
    bind(subscriber, { scope, request });
    return source.subscribe(subscriber);
  });
}

/** The subscriber gets methods of its own, in front of those of its class. */
function bind(subscriber: Subscriber<unknown>, to: Binding): void {
  const bound = subscriber as BoundSubscriber;
  bound[binding] = to;
  bound.next = boundNext;
  bound.error = boundError;
  bound.complete = boundComplete;
  bound.add = boundAdd;
}

function boundNext(this: BoundSubscriber, value: unknown): void {
  const { next } = methodsOf(this);
  if (isInRequest(this)) next.call(this, value);
  else context.with(this[binding].scope, next, this, value);
}

function boundError(this: BoundSubscriber, cause: unknown): void {
  const { error } = methodsOf(this);
  if (isInRequest(this)) error.call(this, cause);
  else context.with(this[binding].scope, error, this, cause);
}

function boundComplete(this: BoundSubscriber): void {
  const { complete } = methodsOf(this);
  if (isInRequest(this)) complete.call(this);
  else context.with(this[binding].scope, complete, this);
}

function boundAdd(this: BoundSubscriber, teardown: TeardownLogic): void {
  if (isSubscriber(teardown) && !(binding in teardown)) bind(teardown, this[binding]);
  methodsOf(this).add.call(this, teardown);
}

function isInRequest(subscriber: BoundSubscriber): boolean {
  const { scope, request } = subscriber[binding];
  const active = context.active();
  return active === scope || requestScope(active) === request;
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
