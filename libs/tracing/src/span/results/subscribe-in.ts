import { context, trace, type Context } from '@opentelemetry/api';
import { Subscriber, type Observable, type Observer, type TeardownLogic } from 'rxjs';
import { runInContext } from '../enter-context.js';
import { withSpan } from '../scope.js';
import { RequestEntry } from '../request-scope.js';

const binding = Symbol('nestjs-tracing.binding');

interface BoundSubscriber extends Subscriber<unknown> {
  [binding]: RequestEntry;
}

/**
 * Binds a subscriber to the active request, so that the operators it subscribes to run in that request, even
 * if a value comes from a Subject, a pool or a batch that requests share. Values emitted in the request
 * itself are passed on directly. Outside of a request nothing changes.
 *
 * Each operator of rxjs adds its subscriber to the one it emits to. So the binding is passed from
 * subscriber to subscriber, up to the sources, and to the inner Observables of `mergeMap` and the like.
 * What several subscribers share (`share()`, a Subject) is not bound, since it belongs to no request.
 */
function bindToRequest(subscriber: Subscriber<unknown>): void {
  const entry = RequestEntry.ofActive();
  if (entry !== undefined) bind(subscriber, entry);
}

/** Gives the subscriber own methods that override those of its class. */
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

/** Checks the methods, not the class: there may be several copies of rxjs. */
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

/**
 * Returns the context in which a subscriber receives the value being emitted.
 *
 * @param inner the context that was active in the source on subscription
 * @param outer the context of the subscriber on subscription
 */
export type Delivery = (inner: Context, outer: Context) => Context;

/** Delivers always in the context of the subscriber. */
export const whereSubscribed: Delivery = (_inner, outer) => outer;

/**
 * Delivers as if the source had no span: in the context of the subscriber while the span of the source is
 * active; else in the active context, which is that of the code that feeds the source, such as a Subject.
 */
const asWithoutSpan: Delivery = (inner, outer) => {
  const active = context.active();
  if (active === inner) return outer;
  const span = trace.getSpan(inner);
  if (span === undefined || trace.getSpan(active) !== span) return active;
  // The source has derived a context, with baggage for example.
  const outerSpan = trace.getSpan(outer);
  return outerSpan === undefined ? trace.deleteSpan(active) : withSpan(active, outerSpan);
};

/** Passes what a source emits on to a subscriber, in the context that `delivery` chooses. */
class Receiver<T> extends Subscriber<T> {
  private readonly outer = context.active();

  constructor(
    private readonly inner: Context,
    private readonly subscriber: Subscriber<T>,
    private readonly observer: Partial<Observer<T>>,
    private readonly delivery: Delivery,
  ) {
    super();
    subscriber.add(() => runInContext(inner, () => this.unsubscribe()));
  }

  protected override _next(value: T): void {
    const { subscriber, observer } = this;
    observer.next?.(value);
    runInContext(this.deliveryContext(), () => subscriber.next(value));
  }

  protected override _error(cause: unknown): void {
    const { subscriber, observer } = this;
    try {
      observer.error?.(cause);
      runInContext(this.deliveryContext(), () => subscriber.error(cause));
    } finally {
      this.unsubscribe();
    }
  }

  protected override _complete(): void {
    const { subscriber, observer } = this;
    try {
      observer.complete?.();
      runInContext(this.deliveryContext(), () => subscriber.complete());
    } finally {
      this.unsubscribe();
    }
  }

  private deliveryContext(): Context {
    return this.delivery(this.inner, this.outer);
  }
}

/**
 * Subscribes a subscriber to a source, with the context `inner` active in the source and its operators. If
 * that context belongs to a request, they run in the request wherever their values come from.
 *
 * When the subscriber unsubscribes, the source is unsubscribed from at once, even while it emits values
 * synchronously.
 */
export function subscribeIn<T>(
  inner: Context,
  source: Observable<T>,
  subscriber: Subscriber<T>,
  observer: Partial<Observer<T>> = {},
  delivery: Delivery = asWithoutSpan,
): void {
  const receiver = new Receiver(inner, subscriber, observer, delivery);
  runInContext(inner, () => {
    bindToRequest(receiver as Subscriber<unknown>);
    source.subscribe(receiver);
  });
}
