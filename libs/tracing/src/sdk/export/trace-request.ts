import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ProtoWriter } from '../../record/proto-writer.js';
import { SpanWriter } from '../../record/span-writer.js';

/** The encoded spans of one instrumentation scope. */
interface ScopeSpans {
  readonly spans: SpanWriter;
  /** The `scope` and `schema_url` fields. */
  readonly header: Uint8Array;
}

/** Scopes whose buffers are kept for the next request. */
const MAX_SCOPES = 100;
/** A buffer that has grown larger, in bytes, is not kept. */
const MAX_KEPT = 1024 * 1024;
/** Bytes of tags and lengths. */
const FRAME = 32;

const FIELD_ONE = 0x0a;
const FIELD_TWO = 0x12;
const FIELD_THREE = 0x1a;

/**
 * Collects encoded spans for one `ExportTraceServiceRequest` of OTLP, grouped by instrumentation scope.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/
 */
export class TraceRequest {
  private readonly scopes = new Map<InstrumentationScope, ScopeSpans>();
  private latestScope: InstrumentationScope | undefined;
  private latest: ScopeSpans | undefined;
  private bytes = 0;
  private spans = 0;

  /** The number of spans. */
  get count(): number {
    return this.spans;
  }

  /** The number of bytes that the spans take. */
  get size(): number {
    return this.bytes;
  }

  /** @param encode writes the span */
  add(scope: InstrumentationScope, encode: (writer: SpanWriter) => void): void {
    const { spans } = this.of(scope);
    const before = spans.position;
    encode(spans);
    this.bytes += spans.position - before;
    this.spans++;
  }

  /** Returns the scopes with their spans, as fields of `ResourceSpans`, and starts anew. */
  take(): Uint8Array {
    const taken = new ProtoWriter(this.bytes + FRAME);
    for (const [scope, { header, spans }] of this.scopes) {
      if (spans.position === 0) continue;
      taken.reserve(FRAME);
      taken.byte(FIELD_TWO);
      const start = taken.begin();
      taken.copy(header);
      taken.copy(spans.written);
      taken.end(start);
      spans.position = 0;
      if (spans.bytes.length > MAX_KEPT) this.scopes.delete(scope);
    }
    if (this.scopes.size > MAX_SCOPES) this.scopes.clear();
    this.latestScope = undefined;
    this.bytes = 0;
    this.spans = 0;
    return taken.written;
  }

  private of(scope: InstrumentationScope): ScopeSpans {
    if (scope === this.latestScope && this.latest !== undefined) return this.latest;
    let found = this.scopes.get(scope);
    if (found === undefined) {
      found = { spans: new SpanWriter(), header: encodeScope(scope) };
      this.scopes.set(scope, found);
    }
    this.latestScope = scope;
    this.latest = found;
    return found;
  }
}

function encodeScope({ name, version, schemaUrl }: InstrumentationScope): Uint8Array {
  const writer = new ProtoWriter(FRAME);
  writer.byte(FIELD_ONE);
  const start = writer.begin();
  writer.byte(FIELD_ONE);
  writer.string(name);
  if (version) {
    writer.reserve(FRAME);
    writer.byte(FIELD_TWO);
    writer.string(version);
  }
  writer.end(start);
  if (schemaUrl) {
    writer.reserve(FRAME);
    writer.byte(FIELD_THREE);
    writer.string(schemaUrl);
  }
  return writer.written;
}

type Resource = ReadableSpan['resource'];

/**
 * Returns a whole request.
 *
 * @param attributes those of the resource, as they are exported
 * @param scopeSpans what `TraceRequest.take` has returned
 */
export function encodeRequest(
  { schemaUrl }: Pick<Resource, 'schemaUrl'>,
  attributes: Attributes,
  scopeSpans: Uint8Array,
): Uint8Array {
  const writer = new SpanWriter(scopeSpans.length + 4096);
  writer.byte(FIELD_ONE);
  const start = writer.begin();
  writer.byte(FIELD_ONE);
  const resourceStart = writer.begin();
  writer.attributes(attributes, FIELD_ONE);
  writer.end(resourceStart);
  writer.copy(scopeSpans);
  if (schemaUrl) {
    writer.reserve(FRAME);
    writer.byte(FIELD_THREE);
    writer.string(schemaUrl);
  }
  writer.end(start);
  return writer.written;
}
