import { randomBytes } from 'node:crypto';
import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  createContextKey,
  INVALID_SPANID,
  trace,
  type SpanContext,
  ROOT_CONTEXT,
  isSpanContextValid,
  TraceFlags,
} from '@opentelemetry/api';

/** Extracts the context that a caller sent. If that throws, returns `base` (rule 15). */
export function extractContext<Carrier>(
  propagator: TextMapPropagator,
  base: Context,
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
): Context {
  try {
    return propagator.extract(base, carrier, getter);
  } catch {
    return base;
  }
}

const traceIdOnlyKey = createContextKey('nestjs-tracing.parentless');

/**
 * Returns a context with a remote parent. A caller such as a load balancer may send a trace ID only
 * (rule 16): then the next span is the first of the trace.
 */
export function withRemoteParent(caller: SpanContext, base: Context): Context {
  const scope = trace.setSpanContext(base, caller);
  return caller.spanId === INVALID_SPANID
    ? scope.setValue(traceIdOnlyKey, trace.getSpan(scope))
    : scope;
}

/** Whether the remote parent has only a trace ID. Does not start any span. */
export function isTraceIdOnly(context: Context): boolean {
  const caller = context.getValue(traceIdOnlyKey);
  return caller !== undefined && trace.getSpan(context) === caller;
}

/** Adds a random span ID to a trace-id-only parent, to propagate the trace without creating a span. */
export function withInventedParent(context: Context): Context {
  const caller = isTraceIdOnly(context) ? trace.getSpanContext(context) : undefined;
  if (caller === undefined) return context;
  return trace.setSpanContext(context, { ...caller, spanId: randomBytes(8).toString('hex') });
}

const deferredSamplingKey = createContextKey('nestjs-tracing.undecided');

/**
 * Returns a context with a remote parent whose sampling decision is left to the sampler (rules 16, 27).
 * @param base the context to derive from
 */
export function deferredSamplingContext(
  caller: SpanContext,
  base: Context = ROOT_CONTEXT,
): Context {
  return withRemoteParent(caller, base).setValue(deferredSamplingKey, caller);
}

/** Whether the sampler decides on a child of the remote parent. Further descendants follow that child. */
export function isSamplingDeferred(context: Context): boolean {
  const caller = context.getValue(deferredSamplingKey);
  return caller !== undefined && trace.getSpanContext(context) === caller;
}

const forcedKey = createContextKey('nestjs-tracing.forced');
const NO_PARENT = Symbol('no parent');

/** Returns a context in which the next span is recorded, whatever the sampling (rule 28). */
export function forcedContext(base: Context): Context {
  return base.setValue(forcedKey, trace.getSpan(base) ?? NO_PARENT);
}

/** Whether the next span in a context is recorded anyway. Further descendants follow that span. */
export function isForced(context: Context): boolean {
  const parent = context.getValue(forcedKey);
  return parent !== undefined && parent === (trace.getSpan(context) ?? NO_PARENT);
}

const ignoredKey = createContextKey('nestjs-tracing.ignored');

/**
 * Returns the context of an ignored request: the caller's trace or a new one, unsampled, so that neither
 * this service nor the next ones record anything (rule 29).
 */
export function ignoredContext(extracted: Context): Context {
  const parent = withInventedParent(extracted);
  const caller = trace.getSpanContext(parent);
  const ignored = trace.setSpanContext(parent, {
    ...(caller !== undefined && isSpanContextValid(caller)
      ? caller
      : { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }),
    traceFlags: TraceFlags.NONE,
  });
  return ignored.setValue(ignoredKey, true);
}

/** Whether a context belongs to an ignored request. A custom sampler need not follow the parent. */
export function isIgnoredContext(context: Context): boolean {
  return context.getValue(ignoredKey) === true;
}
