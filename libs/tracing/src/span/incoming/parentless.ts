import { randomBytes } from 'node:crypto';
import {
  createContextKey,
  INVALID_SPANID,
  trace,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';

const traceIdOnlyKey = createContextKey('nestjs-tracing.parentless');

/**
 * A context whose trace goes on. A caller may name a trace and no span in it, as a load balancer does
 * (rule 16): then the span that is made is the first of the trace.
 */
export function belowCaller(caller: SpanContext, base: Context): Context {
  const scope = trace.setSpanContext(base, caller);
  return caller.spanId === INVALID_SPANID ? scope.setValue(traceIdOnlyKey, trace.getSpan(scope)) : scope;
}

/** Whether a span right below the caller is the first of its trace. No span is asked for anything. */
export function isParentless(context: Context): boolean {
  const caller = context.getValue(traceIdOnlyKey);
  return caller !== undefined && trace.getSpan(context) === caller;
}

/** Where no span is made that could be the first: the trace goes on below one that nobody sends. */
export function withMadeUpCaller(context: Context): Context {
  const caller = isParentless(context) ? trace.getSpanContext(context) : undefined;
  if (caller === undefined) return context;
  return trace.setSpanContext(context, { ...caller, spanId: randomBytes(8).toString('hex') });
}
