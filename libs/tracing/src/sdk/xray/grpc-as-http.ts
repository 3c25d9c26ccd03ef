import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * The HTTP status for each gRPC code, in their order.
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
 * A gRPC call as the HTTP request that it is. X-Ray knows no other: it tells errors of the caller,
 * faults of the server and throttling by the HTTP status, and finds traces by the URL.
 */
export function grpcAsHttp({ kind, attributes }: ReadableSpan): Attributes {
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

/** The full name of the service of a gRPC call, in the old or the new attributes. */
export function grpcService(attributes: Attributes): string | undefined {
  if (attributes['rpc.system'] !== 'grpc' && attributes['rpc.system.name'] !== 'grpc') {
    return undefined;
  }
  const { 'rpc.service': service, 'rpc.method': method } = attributes;
  if (typeof service === 'string' && service !== '') return service;
  const slash = typeof method === 'string' ? method.lastIndexOf('/') : -1;
  return slash > 0 ? String(method).slice(0, slash) : undefined;
}
