import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { subscribeIn, whereSubscribed } from './subscribe-in.js';
import { isPlainObservable } from './traced-observable.js';

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
