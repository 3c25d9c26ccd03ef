import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { isIgnoredContext, isSamplingDeferred } from '../propagation/remote-parent.js';
import type { DeferredSpan } from '../span/deferred-span.js';
import type { TracingApp } from '../span/tracing-app.js';
import { startCallSpan, type CallSpan } from './call-span.js';
import { currentApp } from './running-apps.js';

/** The app that makes a client call, and the context of the call. */
export interface Caller {
  readonly app: TracingApp;
  readonly context: Context;
}

/**
 * Returns the caller of a client call made now. Undefined if there is nothing to record or propagate, or if
 * tracing is suppressed, as it is for exporters, which would otherwise trace themselves forever.
 */
export function currentCaller(): Caller | undefined {
  const app = currentApp();
  if (app === undefined) return undefined;
  const active = context.active();
  if (active === ROOT_CONTEXT ? !app.samplesNewTraces : isTracingSuppressed(active))
    return undefined;
  return { app, context: active };
}

/** Describes the span of a client call. */
export interface ClientCallDescription {
  /** @default SpanKind.CLIENT */
  readonly kind?: SpanKind;
  readonly name: string;
  readonly attributes: CallSpan['attributes'];
}

/** A client call that has started. */
export interface StartedClientCall {
  /** Undefined if nothing would be recorded. */
  readonly span: DeferredSpan | undefined;
  /** The context that is propagated with the call. */
  readonly carried: Context;
}

/**
 * Starts the client span of a call, for all protocols. If nothing would be recorded, the context of the
 * caller is propagated without a span.
 */
export function startClientSpan(
  caller: Caller,
  describe: () => ClientCallDescription,
): StartedClientCall {
  const { app, context: parent } = caller;
  if (recordsNothing(app)) return { span: undefined, carried: parent };
  const { kind = SpanKind.CLIENT, name, attributes } = describe();
  const span = startCallSpan(app, { kind, name, attributes, parent });
  return { span, carried: span.activate() };
}

/**
 * Whether a span started now would record nothing, so that it need not be created (rule 8).
 *
 * @param root whether the span would start a new trace, with a new sampling decision
 */
export function recordsNothing({ settings, samplesNewTraces }: TracingApp, root = false): boolean {
  if (settings.backend === 'none') return true;
  if (typeof settings.sampling === 'object') return false; // a custom sampler may decide otherwise
  if (root) return !samplesNewTraces || isIgnoredContext(context.active());
  const active = trace.getActiveSpan();
  if (active === undefined) return !samplesNewTraces;
  if (isNotStarted(active) || active.isRecording() || isSampled(active.spanContext())) return false;
  return !(samplesNewTraces && isSamplingDeferred(context.active()));
}

/** Reading a span that is not started yet would start it. Spans of the SDK do not have `isStarted`. */
function isNotStarted(span: Span): boolean {
  return (span as { isStarted?: DeferredSpan['isStarted'] }).isStarted === false;
}

/** A sampled parent that is not recording is remote, or has ended: its decision is followed. */
function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
