import { BodySpan } from './body-span.js';
import type { DeferredSpan } from '../deferred-span.js';

/** The call of a traced method that gave an object back last: what is done with it belongs to that. */
export interface LatestCall {
  spans: BodySpan;
  /** Whether the object's methods could be intercepted; undefined at first. */
  isFollowed: boolean | undefined;
}

const calls = new WeakMap<object, Map<string, LatestCall>>();

/**
 * A method may give the same object back each time, as one that it keeps. It is intercepted once for
 * each such method, however often it is given back.
 */
export function latestCall(result: object, method: string, bodySpan: DeferredSpan): LatestCall {
  const spans = new BodySpan(bodySpan, result);
  let ofResult = calls.get(result);
  if (ofResult === undefined) calls.set(result, (ofResult = new Map()));
  const known = ofResult.get(method);
  if (known !== undefined) {
    known.spans = spans;
    return known;
  }
  const call = { spans, isFollowed: undefined };
  ofResult.set(method, call);
  return call;
}
