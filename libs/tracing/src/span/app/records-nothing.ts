import { context, trace, TraceFlags, type Span, type SpanContext } from '@opentelemetry/api';
import type { DeferredSpan } from '../deferred-span.js';
import { isUndecided } from '../incoming/undecided-context.js';
import type { TracingApp } from '../tracing-app.js';

/** Whether a span that is started here would record nothing: then it need not be made (rule 8). */
export function recordsNothing({ settings, recordsRoots }: TracingApp): boolean {
  if (settings.backend === 'none') return true;
  if (typeof settings.sampling === 'object') return false; // a sampler of the user's may say otherwise
  const active = trace.getActiveSpan();
  if (active === undefined) return !recordsRoots;
  if (isNotStarted(active) || active.isRecording() || isSampled(active.spanContext())) return false;
  return !(recordsRoots && isUndecided(context.active()));
}

/** Asking a span that is not started yet would start it. Other spans know nothing of this. */
function isNotStarted(span: Span): boolean {
  return (span as { isStarted?: DeferredSpan['isStarted'] }).isStarted === false;
}

/** A sampled parent that records nothing is in another process, or has ended: it is to be followed. */
function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
