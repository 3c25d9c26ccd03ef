import { SpanKind, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { DeferredSpan } from './deferred-span.js';

/** What spans of the SDK show beside what the API promises. */
interface ReadableSpan extends Span {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

/**
 * The attributes of the active client span, where an instrumentation of others has made it and it is
 * recorded: while such a one makes a call, its span is the active one.
 */
export function clientSpanOfOthers(context: Context): Attributes | undefined {
  const span: ReadableSpan | undefined = trace.getSpan(context);
  if (span === undefined || span instanceof DeferredSpan) return undefined;
  // Where callbacks run in the span of the call they follow, it has ended.
  return span.kind === SpanKind.CLIENT && span.isRecording() ? span.attributes : undefined;
}
