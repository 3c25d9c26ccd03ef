import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../settings/settings.js';
import { rememberByConventions } from './remember-by-conventions.js';

/** The names of the gRPC status codes, in their order. */
const statusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

function statusName(code: number): string {
  return statusNames[code] ?? String(code);
}

/** `/pkg.Service/Method` without the slash that begins it. */
export function fullMethod(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

/**
 * What a span of a call knows at its start: semantic conventions for gRPC, up to 1.37 by default,
 * 1.39 to 1.44 where `OTEL_SEMCONV_STABILITY_OPT_IN` asks for them (rule 11).
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export const callAttributes = rememberByConventions((path, conventions): Attributes => {
  const method = fullMethod(path);
  const slash = method.lastIndexOf('/');
  return {
    ...(conventions !== 'new' && {
      'rpc.system': 'grpc',
      'rpc.service': method.slice(0, Math.max(slash, 0)),
      'rpc.method': method.slice(slash + 1),
    }),
    // The one key of both generations: where both are asked for, the new one wins.
    ...(conventions !== 'old' && { 'rpc.system.name': 'grpc', 'rpc.method': method }),
  };
});

/** What a span of a call knows at its end. Which codes are errors differs for the two sides. */
export function statusAttributes(
  code: number,
  conventions: RpcConventions,
  isError: boolean,
): Attributes {
  return {
    ...(conventions !== 'new' && { 'rpc.grpc.status_code': code }),
    ...(conventions !== 'old' && { 'rpc.response.status_code': statusName(code) }),
    ...(isError && { 'error.type': statusName(code) }),
  };
}
