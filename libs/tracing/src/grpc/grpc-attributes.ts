import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../settings/settings.js';
import { remember } from '../span/remember.js';

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
 * from 1.39 where `OTEL_SEMCONV_STABILITY_OPT_IN` asks for them (rule 11).
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export function callAttributes(path: string, conventions: RpcConventions): Attributes {
  return callAttributesOf[conventions](path);
}

const callAttributesOf = {
  old: remember((path) => attributesOfPath(path, 'old')),
  new: remember((path) => attributesOfPath(path, 'new')),
  dup: remember((path) => attributesOfPath(path, 'dup')),
};

function attributesOfPath(path: string, conventions: RpcConventions): Attributes {
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
}

export function statusAttributes(code: number, conventions: RpcConventions): Attributes {
  return {
    ...(conventions !== 'new' && { 'rpc.grpc.status_code': code }),
    ...(conventions !== 'old' && { 'rpc.response.status_code': statusName(code) }),
    ...(code !== 0 && { 'error.type': statusName(code) }),
  };
}

/** `address:port`, `[v6]:port`, `dns:///name:port`, or the path of a unix socket. */
export function serverAttributes(target: string): Attributes {
  const address = target.replace(/^(dns|ipv4|ipv6|xds):(\/\/[^/]*\/)?/, '');
  const parts = /^(\[[^\]]+\]|[^:/]+):(\d{1,5})$/.exec(address);
  if (parts === null) return { 'server.address': address };
  return { 'server.address': parts[1], 'server.port': Number(parts[2]) };
}

/** The peer of a call as grpc-js tells it. */
export const peerAttributes = remember((peer): Attributes => {
  const parts = /^(?:ipv[46]:)?(.+):(\d{1,5})$/.exec(peer);
  if (parts === null) return {};
  return {
    'network.peer.address': parts[1]?.replace(/^\[(.*)\]$/, '$1'),
    'network.peer.port': Number(parts[2]),
  };
});
