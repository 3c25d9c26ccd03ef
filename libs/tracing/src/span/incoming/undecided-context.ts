import {
  createContextKey,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { belowCaller } from './parentless.js';

const deferredSamplingKey = createContextKey('nestjs-tracing.undecided');

/**
 * A context whose trace goes on, but whose caller has no say in whether it is recorded (rules 16, 27).
 * @param base what else holds in it
 */
export function undecidedContext(caller: SpanContext, base: Context = ROOT_CONTEXT): Context {
  return belowCaller(caller, base).setValue(deferredSamplingKey, caller);
}

/** Whether a span right below the caller is to be decided on: those further down follow that one. */
export function isUndecided(context: Context): boolean {
  const caller = context.getValue(deferredSamplingKey);
  return caller !== undefined && trace.getSpanContext(context) === caller;
}
