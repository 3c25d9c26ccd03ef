import { randomBytes } from 'node:crypto';
import {
  createContextKey,
  INVALID_SPANID,
  trace,
  type Context,
  type SpanContext,
  ROOT_CONTEXT,
  isSpanContextValid,
  TraceFlags,
} from '@opentelemetry/api';

const traceIdOnlyKey = createContextKey('nestjs-tracing.parentless');

/**
 * A context whose trace goes on. A caller may name a trace and no span in it, as a load balancer does
 * (rule 16): then the span that is made is the first of the trace.
 */
export function withRemoteParent(caller: SpanContext, base: Context): Context {
  const scope = trace.setSpanContext(base, caller);
  return caller.spanId === INVALID_SPANID
    ? scope.setValue(traceIdOnlyKey, trace.getSpan(scope))
    : scope;
}

/** Whether a span right below the caller is the first of its trace. No span is asked for anything. */
export function isTraceIdOnly(context: Context): boolean {
  const caller = context.getValue(traceIdOnlyKey);
  return caller !== undefined && trace.getSpan(context) === caller;
}

/** Where no span is made that could be the first: the trace goes on below one that nobody sends. */
export function withInventedParent(context: Context): Context {
  const caller = isTraceIdOnly(context) ? trace.getSpanContext(context) : undefined;
  if (caller === undefined) return context;
  return trace.setSpanContext(context, { ...caller, spanId: randomBytes(8).toString('hex') });
}

const deferredSamplingKey = createContextKey('nestjs-tracing.undecided');

/**
 * A context whose trace goes on, but whose caller has no say in whether it is recorded (rules 16, 27).
 * @param base what else holds in it
 */
export function deferredSamplingContext(
  caller: SpanContext,
  base: Context = ROOT_CONTEXT,
): Context {
  return withRemoteParent(caller, base).setValue(deferredSamplingKey, caller);
}

/** Whether a span right below the caller is to be decided on: those further down follow that one. */
export function isSamplingDeferred(context: Context): boolean {
  const caller = context.getValue(deferredSamplingKey);
  return caller !== undefined && trace.getSpanContext(context) === caller;
}

const ignoredKey = createContextKey('nestjs-tracing.ignored');

/**
 * The context of an ignored request: the trace that came in goes on, or a new one begins, but
 * unsampled, so that neither this service nor the next ones record anything (rule 29).
 */
export function ignoredContext(extracted: Context): Context {
  const parent = withInventedParent(extracted);
  const incoming = trace.getSpanContext(parent);
  const ignored = trace.setSpanContext(parent, {
    ...(incoming !== undefined && isSpanContextValid(incoming)
      ? incoming
      : { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }),
    traceFlags: TraceFlags.NONE,
  });
  return ignored.setValue(ignoredKey, true);
}

/** For samplers of the user's own, which need not follow the parent. */
export function isIgnoredContext(context: Context): boolean {
  return context.getValue(ignoredKey) === true;
}
