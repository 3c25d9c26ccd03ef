import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { DeferredSpan } from '../span/deferred-span.js';
import type { TracingApp } from '../span/tracing-app.js';

/** Describes the span of a server call or a client call. */
export interface CallSpan {
  readonly kind: SpanKind;
  readonly name: string;
  readonly links?: Link[] | undefined;
  /** The context that holds the parent. */
  readonly parent: Context;
  /** Returns the start attributes in parts, of which later ones win. */
  readonly attributes: () => readonly Attributes[];
}

/**
 * Starts the span of a call. If no sampler or span processor reads the attributes at the start, they are
 * built only for a span that records, and set part by part, without a copy that holds all of them.
 */
export function startCallSpan(app: TracingApp, call: CallSpan): DeferredSpan {
  const { kind, name, links, parent } = call;
  const attributes = app.startsUnobserved
    ? undefined
    : (Object.assign({}, ...call.attributes()) as Attributes);
  const options = { kind, attributes, links };
  const span = new DeferredSpan({ app, tracer: app.tracer, name, options, parent });
  if (attributes === undefined && span.isRecording()) {
    for (const part of call.attributes()) span.setAttributes(part);
  }
  return span;
}
