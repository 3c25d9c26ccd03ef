import { isIP } from 'node:net';
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

/**
 * Where the server is, as the caller or the `:authority` of a call says: `address:port`,
 * `[v6]:port`, `dns:///name:port`, `unix:path`. Of several addresses there is no one port.
 * @see https://github.com/grpc/grpc/blob/master/doc/naming.md
 */
export const serverAttributes = remember((target): Attributes => {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(target);
  if (unix !== null) return { 'server.address': unix[1] };
  const address = target.replace(/^[a-z][\w+.-]*:(?:\/\/[^/]*\/|(?!\d{1,5}$))/, '');
  const parts = /^(?:\[([^\]]+)\]|([^:/,]+)):(\d{1,5})$/.exec(address);
  if (parts === null) return { 'server.address': address.replace(/^\[(.*)\]$/, '$1') };
  return { 'server.address': parts[1] ?? parts[2], 'server.port': Number(parts[3]) };
});

/** The peer of a call as grpc-js tells it: where there was no connection, the target. */
export const peerAttributes = remember((peer): Attributes => {
  const unix = /^(?:unix:)?(\/.+)$/.exec(peer);
  if (unix !== null) return { 'network.peer.address': unix[1], 'network.transport': 'unix' };
  const parts = /^(.+):(\d{1,5})$/.exec(peer);
  const address = parts?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '';
  if (isIP(address) === 0) return {};
  return { 'network.peer.address': address, 'network.peer.port': Number(parts?.[2]) };
});
