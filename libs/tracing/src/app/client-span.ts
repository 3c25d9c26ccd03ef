import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { isIgnoredContext, isSamplingDeferred } from '../propagation/remote-parent.js';
import { DeferredSpan } from '../span/deferred-span.js';
import type { TracingApp } from '../span/tracing-app.js';
import { currentApp } from './current-app.js';

/** Who makes a call, and in which context. */
export interface Caller {
  readonly app: TracingApp;
  readonly context: Context;
}

/**
 * The one who makes the call at hand; undefined where there is nothing to record or to carry, and where
 * tracing is suppressed: so are the exporters of OpenTelemetry, which would trace themselves for ever.
 */
export function currentCaller(): Caller | undefined {
  const app = currentApp();
  if (app === undefined) return undefined;
  const active = context.active();
  if (active === ROOT_CONTEXT ? !app.samplesNewTraces : isTracingSuppressed(active))
    return undefined;
  return { app, context: active };
}

/** What a call is recorded as. */
export interface ClientCallDescription {
  /** @default SpanKind.CLIENT */
  readonly kind?: SpanKind;
  readonly name: string;
  readonly attributes: Attributes;
}

/** A call that leaves the process. */
export interface StartedClientCall {
  /** Undefined where nothing would be recorded. */
  readonly span: DeferredSpan | undefined;
  /** The context that the call carries. */
  readonly carried: Context;
}

/**
 * Starts the client span of a call: the only way out of a process. Where nothing would be recorded, the
 * context of the caller is carried on as it is.
 */
export function startClientSpan(
  caller: Caller,
  describe: () => ClientCallDescription,
): StartedClientCall {
  const { app, context: parent } = caller;
  if (recordsNothing(app)) return { span: undefined, carried: parent };
  const { kind = SpanKind.CLIENT, name, attributes } = describe();
  const options = { kind, attributes };
  const span = new DeferredSpan({ app, tracer: app.tracer, name, options, parent });
  return { span, carried: span.activate() };
}

/**
 * Whether a span that is started here would record nothing: then it need not be made (rule 8).
 *
 * @param root whether the span would begin a trace of its own, with a sampling decision of its own
 */
export function recordsNothing({ settings, samplesNewTraces }: TracingApp, root = false): boolean {
  if (settings.backend === 'none') return true;
  if (typeof settings.sampling === 'object') return false; // a sampler of the user's may say otherwise
  if (root) return !samplesNewTraces || isIgnoredContext(context.active());
  const active = trace.getActiveSpan();
  if (active === undefined) return !samplesNewTraces;
  if (isNotStarted(active) || active.isRecording() || isSampled(active.spanContext())) return false;
  return !(samplesNewTraces && isSamplingDeferred(context.active()));
}

/** Asking a span that is not started yet would start it. Other spans know nothing of this. */
function isNotStarted(span: Span): boolean {
  return (span as { isStarted?: DeferredSpan['isStarted'] }).isStarted === false;
}

/** A sampled parent that records nothing is in another process, or has ended: it is to be followed. */
function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
