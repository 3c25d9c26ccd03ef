import { trace, TraceFlags, type SpanContext } from '@opentelemetry/api';
import { DeferredSpan } from './deferred-span.js';
import type { TracingApp } from './tracing-app.js';

/** Whether a span that is started here would record nothing: then it need not be made (rule 8). */
export function recordsNothing({ settings, recordsRoots }: TracingApp): boolean {
  if (settings.backend === 'none') return true;
  if (typeof settings.sampling === 'object') return false; // a sampler of the user's may say otherwise
  const active = trace.getActiveSpan();
  if (active === undefined) return !recordsRoots;
  const isUndecided = active instanceof DeferredSpan && !active.isStarted;
  return !isUndecided && !active.isRecording() && !isSampled(active.spanContext());
}

/** A sampled parent that records nothing is in another process, or has ended: it is to be followed. */
function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
