/**
 * An `ExportTraceServiceRequest` as @grpc/proto-loader decodes it: names as in OTLP JSON, 64 bit
 * integers as decimal strings, enums as integers, bytes as they came. Fields that hold their
 * default are left out, as proto3 leaves them out on the wire.
 */
export interface ExportTraceRequest {
  resourceSpans?: ResourceSpans[];
}

export interface ResourceSpans {
  resource?: { attributes?: KeyValue[]; droppedAttributesCount?: number };
  scopeSpans?: ScopeSpans[];
  schemaUrl?: string;
}

interface ScopeSpans {
  scope?: { name?: string; version?: string; attributes?: KeyValue[] };
  spans?: WireSpan[];
  schemaUrl?: string;
}

export interface WireSpan {
  traceId?: Uint8Array;
  spanId?: Uint8Array;
  parentSpanId?: Uint8Array;
  traceState?: string;
  flags?: number;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: KeyValue[];
  events?: { timeUnixNano?: string; name?: string; attributes?: KeyValue[] }[];
  links?: { traceId?: Uint8Array; spanId?: Uint8Array; attributes?: KeyValue[] }[];
  status?: { code?: number; message?: string };
}

export interface KeyValue {
  key?: string;
  value?: AnyValue;
}

export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
  bytesValue?: Uint8Array;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
}
