import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Backend } from '../../backends/backend.js';
import type { Settings } from '../../options/settings.js';
import type { SpanWriter } from '../../record/span-writer.js';
import { buildLazyEvents } from './build-lazy-events.js';
import { exportableAttributes, exportableScope, exportableSpan } from './exportable-span.js';
import { fitAttributes, fitSpan, LARGEST_SPAN, withoutDetails } from './fit-span.js';
import { encodeRequest, TraceRequest } from './trace-request.js';

/** The maximum number of bytes of spans in a request: receivers accept 4 MiB. */
const LARGEST_REQUEST = 3 * 1024 * 1024;

/**
 * Encodes spans so that no span is lost because of the values of another one: without anything that
 * receivers refuse, with the user info of URLs redacted, and in requests that receivers accept.
 *
 * Most spans need none of that: they are encoded in a single pass, and only if that finds something
 * unusual, the span is copied with changes and encoded again.
 */
export class SpanEncoder {
  private readonly request = new TraceRequest();
  private readonly scopes = new WeakMap<InstrumentationScope, InstrumentationScope>();
  private readonly adaptsAll: boolean;

  constructor(
    private readonly settings: Settings,
    private readonly backend: Pick<Backend, 'adaptSpan' | 'adaptResource'>,
  ) {
    // A text that was cut at the limit may end within a secret.
    const cutsTexts = settings.spanLimits.attributeValueLengthLimit !== Infinity;
    this.adaptsAll = backend.adaptSpan !== undefined || cutsTexts;
  }

  /** The number of spans that were added and not taken. */
  get count(): number {
    return this.request.count;
  }

  /** The number of bytes of these spans. */
  get size(): number {
    return this.request.size;
  }

  /** Whether the next span may not fit in the request. */
  get isFull(): boolean {
    return this.request.size + LARGEST_SPAN > LARGEST_REQUEST;
  }

  add(ended: ReadableSpan): void {
    const span = this.withEvents(ended);
    this.request.add(this.scopeOf(span), (writer) => {
      const start = writer.position;
      if (!this.adaptsAll && encodePlain(writer, span)) return;
      writer.position = start;
      const adapted = this.adapted(span);
      try {
        writer.span(adapted);
      } catch {
        writer.position = start;
        writer.span(withoutDetails(span));
      }
    });
  }

  /** Returns the encoded spans for `encode`, and starts anew. */
  take(): Uint8Array {
    return this.request.take();
  }

  /** Returns a request with spans that were taken. The resource must not have pending attributes. */
  encode(resource: ReadableSpan['resource'], spans: Uint8Array): Uint8Array {
    return encodeRequest(resource, this.resourceAttributes(resource.attributes), spans);
  }

  private withEvents(ended: ReadableSpan): ReadableSpan {
    try {
      return buildLazyEvents(ended, this.settings.spanLimits);
    } catch {
      return withoutDetails(ended);
    }
  }

  private adapted(span: ReadableSpan): ReadableSpan {
    const { span: fitting } = fitSpan(this.readable(span));
    return this.backend.adaptSpan?.(fitting, this.settings) ?? fitting;
  }

  private readable(span: ReadableSpan): ReadableSpan {
    try {
      return exportableSpan(span, this.settings.spanLimits.attributeValueLengthLimit);
    } catch {
      // A span processor of the app has put something on the span that cannot be read.
      return withoutDetails(span);
    }
  }

  private scopeOf({ instrumentationScope: scope }: ReadableSpan): InstrumentationScope {
    let exportable = this.scopes.get(scope);
    if (exportable === undefined) {
      exportable = exportableScope(scope);
      this.scopes.set(scope, exportable);
    }
    return exportable;
  }

  private resourceAttributes(attributes: Attributes): Attributes {
    const exportable = fitAttributes(exportableAttributes(attributes));
    return this.backend.adaptResource?.(exportable) ?? exportable;
  }
}

/** Encodes a span as it is. Returns false if the result must not be exported. */
function encodePlain(writer: SpanWriter, span: ReadableSpan): boolean {
  const start = writer.position;
  try {
    return writer.span(span) && writer.position - start <= LARGEST_SPAN;
  } catch {
    return false; // something on the span cannot be read
  }
}
