import { context } from '@opentelemetry/api';
import { isObservable, Observable } from 'rxjs';
import { callContext } from './body-span.js';
import { subscribeIn, whereSubscribed } from './subscribe-in.js';
import { isPlainObservable } from './traced-observable.js';

type Call = (...args: unknown[]) => unknown;

/**
 * A cold call begins when somebody subscribes, maybe elsewhere and much later: it belongs to where it
 * was made, and its answers always go to the context in which somebody subscribed (rule 12).
 */
export function bindToCallSite(call: Call): Call {
  return function (this: unknown, ...args) {
    const callSite = context.active();
    const result = Reflect.apply(call, this, args);
    if (!isObservable(result)) return result;
    return new Observable((subscriber) => {
      const belongsTo = callContext(callSite);
      return belongsTo === context.active()
        ? result.subscribe(subscriber)
        : subscribeIn(belongsTo, result, subscriber, {}, whereSubscribed);
    });
  };
}

/**
 * An Observable whose values arrive in the context in which it was subscribed to. The messages of a
 * stream come in the context of the call: what a handler does with them belongs to the handler.
 */
export function deliveredWhereSubscribed(argument: unknown): unknown {
  if (!isPlainObservable(argument)) return argument;
  const delivered = new Observable((subscriber) =>
    subscribeIn(context.active(), argument, subscriber, {}, whereSubscribed),
  );
  return handOnExtras(argument, delivered);
}

/** What makes an Observable what it is, and not what somebody hung on it. */
const own = new Set<string | symbol>(['source', 'operator', '_subscribe']);

/**
 * Hands on what hangs on an Observable to the one that stands in its place: the `connect` of a
 * connectable one, the function by which Nest lets a handler set off the messages of a gRPC stream.
 */
function handOnExtras<T extends object>(original: object, replacement: T): T {
  for (const key of Reflect.ownKeys(original)) {
    const property = Object.getOwnPropertyDescriptor(original, key);
    if (property === undefined || own.has(key) || key in replacement) continue;
    Object.defineProperty(replacement, key, property);
  }
  return replacement;
}
