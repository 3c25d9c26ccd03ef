import { context } from '@opentelemetry/api';
import { isObservable, Observable } from 'rxjs';
import { callContext } from '../call-context.js';
import { subscribeIn, whereSubscribed } from './subscribe-in.js';

type Call = (...args: unknown[]) => unknown;

/**
 * A cold call begins when somebody subscribes, maybe elsewhere and much later: it belongs to where it
 * was made, and its answers always go to the context in which somebody subscribed (rule 12).
 */
export function belongToCaller(call: Call): Call {
  return function (this: unknown, ...args) {
    const madeIn = context.active();
    const result = Reflect.apply(call, this, args);
    if (!isObservable(result)) return result;
    return new Observable((subscriber) => {
      const belongsTo = callContext(madeIn);
      return belongsTo === context.active()
        ? result.subscribe(subscriber)
        : subscribeIn(belongsTo, result, subscriber, {}, whereSubscribed);
    });
  };
}
