import type { MethodPlan } from './class-plan.js';
import type { Call } from './run.js';

/** A promise of one's own: its class is part of what it is. */
class SpecialPromise<T> extends Promise<T> {
  call: Call | undefined;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = T, B = never>(
    resolve?: ((value: T) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (this.call !== undefined) this.call.asked++;
    return super.then(resolve, reject);
  }
}

export function makeSpecialPromise(call: Call, promise: Promise<unknown>): unknown {
  const special = new SpecialPromise((resolve, reject) => promise.then(resolve, reject));
  special.call = call;
  return call.world.label(special, `special promise ${call.id}`);
}

/** Lazy, as a query builder is: each `then` sets its work off. */
export function makeThenable(
  call: Call,
  { variant }: MethodPlan,
  start: () => Promise<unknown>,
): unknown {
  const thenable = {
    then(this: unknown, ...handlers: [never, never]): unknown {
      call.world.log(call.strand, `${call.id} asked as ${call.world.show(this)}`);
      call.asked++;
      return start().then(...handlers);
    },
  };
  if (variant === 'fixed')
    Object.defineProperty(thenable, 'then', { configurable: false, writable: false });
  return call.world.label(
    variant === 'frozen' ? Object.freeze(thenable) : thenable,
    `thenable ${call.id}`,
  );
}
