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
  return !isUndecided && !active.isRecording() && !isSampledElsewhere(active.spanContext());
}

/** A sampled parent in another process records nothing here, but is to be followed. */
function isSampledElsewhere({ isRemote, traceFlags }: SpanContext): boolean {
  return isRemote === true && (traceFlags & TraceFlags.SAMPLED) !== 0;
}
