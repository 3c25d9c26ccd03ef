import type { ExportTraceRequest } from './export-trace-request.ts';
import { hexId } from './hex-id.ts';

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);

/**
 * The requests as one object in OTLP's JSON encoding: ids in hex, other bytes in base64, 64 bit
 * integers as strings, enums as integers.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function toOtlpJson(requests: readonly ExportTraceRequest[]): { resourceSpans: unknown[] } {
  return {
    resourceSpans: requests
      .flatMap((request) => request.resourceSpans ?? [])
      .map((item) => jsonOf(item)),
  };
}

/** Only bytes, and numbers that JSON cannot hold, differ from how the request was decoded. */
function jsonOf(value: unknown, key = ''): unknown {
  if (value instanceof Uint8Array) {
    return IDS.has(key) ? hexId(value) : Buffer.from(value).toString('base64');
  }
  if (Array.isArray(value)) return value.map((item) => jsonOf(item));
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, jsonOf(item, name)]),
  );
}
