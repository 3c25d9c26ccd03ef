import { SpanKind, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { DeferredSpan } from '../../span/deferred-span.js';

/** What spans of the SDK show beside what the API promises. */
interface ReadableSpan extends Span {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

/**
 * Whether an instrumentation of others makes the span of the HTTP request at hand: while it makes the
 * request, its span is the active one. Client spans around it, as of an SDK, are none of those.
 */
export function isHttpSpanOfOthers(context: Context): boolean {
  const span: ReadableSpan | undefined = trace.getSpan(context);
  if (span === undefined || span instanceof DeferredSpan) return false;
  const { kind, attributes = {} } = span;
  return (
    kind === SpanKind.CLIENT && ('http.request.method' in attributes || 'http.method' in attributes)
  );
}
