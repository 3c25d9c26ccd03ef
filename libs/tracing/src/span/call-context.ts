import { context, trace, type Context } from '@opentelemetry/api';
import { DeferredSpan } from './deferred-span.js';

/**
 * The context to which a call belongs that was made in one context and is carried out in the active
 * one, as cold Observables are (rule 12).
 *
 * It is the context of the call, with one exception: when the call was made in the body of a traced
 * method and is carried out by a later subscription to what that method returned, it belongs to the
 * span of that subscription (rule 2).
 */
export function callContext(madeIn: Context): Context {
  const active = context.active();
  const made = trace.getSpan(madeIn);
  const current = trace.getSpan(active);
  return made instanceof DeferredSpan &&
    current instanceof DeferredSpan &&
    current.isOfSameCallAs(made)
    ? active
    : madeIn;
}
