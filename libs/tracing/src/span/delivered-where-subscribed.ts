import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { subscribeIn } from './subscribe-in.js';
import { isPlainObservable } from './traced-observable.js';

/**
 * An Observable whose values arrive in the context in which it was subscribed to. The messages of a
 * stream come in the context of the call: what a handler does with them belongs to the handler.
 */
export function deliveredWhereSubscribed(argument: unknown): unknown {
  if (!isPlainObservable(argument)) return argument;
  const delivered = new Observable((subscriber) =>
    subscribeIn(context.active(), argument, subscriber),
  );
  // Nest hangs a function on the messages of a gRPC stream by which its handler sets them off.
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(argument))) {
    if (!(key in delivered)) Object.defineProperty(delivered, key, property);
  }
  return delivered;
}
