import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { handOnExtras } from './hand-on-extras.js';
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
  return handOnExtras(argument, delivered);
}
