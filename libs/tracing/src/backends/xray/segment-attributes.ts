import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The characters for which X-Ray rejects a segment if they are in its name. */
const refused = /[^ \d\p{L}\p{N}_.:/%&#=+\\\-@]/gu;
/** In bytes, as in the exporter of the collector, which would cut within a character. */
const LONGEST = 200;

/** Returns a name that X-Ray accepts; empty if no character of it is valid. */
export function segmentName(name: string): string {
  let taken = name
    .slice(0, 10 * LONGEST)
    .replace(refused, '')
    .slice(0, LONGEST);
  while (Buffer.byteLength(taken) > LONGEST) taken = taken.slice(0, -1);
  return taken;
}

const KEYS = 'aws.xray.annotations';
const LONGEST_VALUE = 1000;

/**
 * Turns attributes into annotations: lists their keys, and gives them values that X-Ray accepts. The
 * exporter would drop an array. Annotations that the app itself lists are kept.
 */
function annotations(attributes: Attributes, annotate: readonly string[]): Attributes {
  const own = attributes[KEYS];
  const keys = new Set<string>(Array.isArray(own) ? own.map(String) : []);
  for (const key of annotate) {
    if (attributes[key] !== undefined || key.startsWith('otel.resource.')) keys.add(key);
  }
  if (keys.size === 0) return {};
  const made: Attributes = { [KEYS]: [...keys] };
  for (const key of keys) {
    const value = attributes[key];
    if (Array.isArray(value)) made[key] = value.join(', ').slice(0, LONGEST_VALUE);
    else if (typeof value === 'string') made[key] = value.slice(0, LONGEST_VALUE);
  }
  return made;
}

/**
 * The HTTP status for each gRPC code, ordered by code.
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const statusOfName: Readonly<Record<string, number>> = {
  OK: 200,
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};
const statusOfCode = Object.values(statusOfName);

/**
 * Describes a gRPC call as an HTTP request, the only kind that X-Ray knows: it distinguishes errors of the
 * caller, faults of the server and throttling by the HTTP status, and finds traces by the URL.
 */
function grpcAsHttp({ kind, attributes }: ReadableSpan): Attributes {
  const isCall = kind === SpanKind.CLIENT || kind === SpanKind.SERVER;
  const status = httpStatusOf(attributes);
  const isFailure = status !== undefined && status >= 400;
  return {
    ...(isCall && requestOf(kind, attributes)),
    ...(status !== undefined &&
      (isCall || isFailure) &&
      attributes['http.response.status_code'] === undefined && {
        'http.response.status_code': status,
      }),
  };
}

function httpStatusOf(attributes: Attributes): number | undefined {
  const code = attributes['rpc.grpc.status_code'];
  if (typeof code === 'number') return statusOfCode[code];
  const name = attributes['rpc.response.status_code'];
  return typeof name === 'string' ? statusOfName[name] : undefined;
}

function requestOf(kind: SpanKind, attributes: Attributes): Attributes {
  const service = grpcService(attributes);
  if (service === undefined || attributes['http.request.method'] !== undefined) return {};
  const method = String(attributes['rpc.method']);
  const path = `/${service}/${method.slice(method.lastIndexOf('/') + 1)}`;
  const { 'server.address': host, 'server.port': port } = attributes;
  if (kind === SpanKind.SERVER) {
    return { 'http.request.method': 'POST', 'url.scheme': 'grpc', 'url.path': path };
  }
  const authority = port === undefined ? host : `${host}:${port}`;
  return { 'http.request.method': 'POST', 'url.full': `grpc://${authority}${path}` };
}

/** Returns the full name of the service of a gRPC call, from the old or the new attributes. */
function grpcService(attributes: Attributes): string | undefined {
  if (attributes['rpc.system'] !== 'grpc' && attributes['rpc.system.name'] !== 'grpc') {
    return undefined;
  }
  const { 'rpc.service': service, 'rpc.method': method } = attributes;
  if (typeof service === 'string' && service !== '') return service;
  const slash = typeof method === 'string' ? method.lastIndexOf('/') : -1;
  return slash > 0 ? String(method).slice(0, slash) : undefined;
}

/** Returns the attributes of a span as the X-Ray exporter of the collector reads them. */
export function segmentAttributes(span: ReadableSpan, annotate: readonly string[]): Attributes {
  const attributes = withOldNames({ ...span.attributes, ...grpcAsHttp(span) }, span.kind);
  const peer = span.kind === SpanKind.CLIENT ? peerService(attributes) : undefined;
  if (peer !== undefined) attributes['peer.service'] = peer;
  for (const key of namingAttributes) {
    const name = attributes[key];
    if (typeof name === 'string') attributes[key] = segmentName(name);
  }
  return Object.assign(attributes, annotations(attributes, annotate));
}

/** Attributes that the exporter uses as the name of a segment without checking them. */
const namingAttributes = ['peer.service', 'aws.service', 'db.name'];

/** Attributes of which the exporter reads only the old name. */
const oldNames: Readonly<Record<string, string>> = {
  'db.system.name': 'db.system',
  'db.namespace': 'db.name',
  'db.query.text': 'db.statement',
};

function withOldNames(attributes: Attributes, kind: SpanKind): Attributes {
  for (const [name, old] of Object.entries(oldNames)) {
    rename(attributes, name, old);
  }
  // On a client span, the exporter would take the address of the peer for that of the client.
  if (kind === SpanKind.CLIENT) rename(attributes, 'network.peer.address', 'net.sock.peer.addr');
  const { 'url.path': path, 'url.query': query } = attributes;
  // From a path and a query, the exporter would build a URL with the query only.
  if (kind === SpanKind.SERVER && path !== undefined && query !== undefined) {
    attributes['http.target'] ??= `${path}?${query}`;
    delete attributes['url.query'];
  }
  return attributes;
}

function rename(attributes: Attributes, name: string, other: string): void {
  if (attributes[name] === undefined) return;
  attributes[other] ??= attributes[name];
  delete attributes[name];
}

/**
 * Returns the name of the service that is called, which names the segment and the node on the service map.
 * Databases and AWS services are named by other attributes.
 */
function peerService(attributes: Attributes): string | undefined {
  if (attributes['peer.service'] !== undefined) return undefined;
  const isHttp = attributes['http.request.method'] ?? attributes['http.method'];
  const isOther = attributes['rpc.system'] ?? attributes['db.system'];
  const host = attributes['server.address'] ?? attributes['net.peer.name'];
  const name = grpcService(attributes) ?? (isHttp && !isOther ? host : undefined);
  return name === undefined ? undefined : segmentName(String(name)) || undefined;
}
