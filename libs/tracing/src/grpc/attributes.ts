import { isIP } from 'node:net';
import type { Metadata } from '@grpc/grpc-js';
import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../options/settings.js';
import { forwarded } from '../propagation/forwarded.js';
import { memoize } from '../span/memoize.js';

/** Memoizes a function that returns attributes for a key, separately for each `RpcConventions`. */
function memoizeByConventions(
  compute: (key: string, conventions: RpcConventions) => Attributes,
): (key: string, conventions: RpcConventions) => Attributes {
  const memoized = {
    old: memoize((key) => compute(key, 'old')),
    new: memoize((key) => compute(key, 'new')),
    dup: memoize((key) => compute(key, 'dup')),
  };
  return (key, conventions) => memoized[conventions](key);
}

/** The peer of a connection; all undefined if there is no connection. */
export interface PeerAddress {
  readonly address?: string;
  readonly port?: number;
}

/** Parses the peer of grpc-js, which is the target of the channel if there is no connection. */
const peerAddress = memoize((peer): PeerAddress => {
  const path = /^(?:unix:)?(\/.+)$/.exec(peer)?.[1];
  if (path !== undefined) return { address: path };
  const [, ip, port] = /^(.+):(\d{1,5})$/.exec(peer) ?? [];
  const address = ip?.replace(/^\[(.*)\]$/, '$1') ?? '';
  return isIP(address) === 0 ? {} : { address, port: Number(port) };
});

/** Returns the attributes of a call's connection. Only the old conventions have transport and type. */
export const peerAttributes = memoizeByConventions((peer, conventions): Attributes => {
  const { address, port } = peerAddress(peer);
  if (address === undefined) return {};
  const isSocketFile = port === undefined;
  return {
    'network.peer.address': address,
    ...(!isSocketFile && { 'network.peer.port': port }),
    ...(conventions !== 'new' && {
      'network.transport': isSocketFile ? 'unix' : 'tcp',
      ...(!isSocketFile && { 'network.type': `ipv${isIP(address)}` }),
    }),
  };
});

/**
 * Returns the address of the server from the target of a channel or the `:authority` of a call:
 * `address:port`, `[v6]:port`, `dns:///name:port`, `unix:path`. Any other target, such as several
 * addresses or a custom scheme, is returned unchanged, because it has no single port.
 * @see https://github.com/grpc/grpc/blob/master/doc/naming.md
 */
export const serverAddress = memoize((target): Attributes => {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(target);
  if (unix !== null) return { 'server.address': unix[1] };
  // `dns:50051` is a host named `dns` and its port, not a scheme.
  const address = target.replace(/^(?:dns|ipv[46]):(?:\/\/[^/]*\/|(?!\d{1,5}$))/, '');
  if (isIP(address) !== 0) return { 'server.address': address };
  const parts = /^(?:\[([^\]]+)\]|([^:/,[\]]+))(?::(\d{1,5}))?$/.exec(address);
  if (parts === null) return { 'server.address': target };
  const [, v6, name, port] = parts;
  return {
    'server.address': v6 ?? name,
    ...(port !== undefined && { 'server.port': Number(port) }),
  };
});

/** The names of the gRPC status codes, by code. */
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

/** Removes the leading slash of `/pkg.Service/Method`. */
export function fullMethod(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

/**
 * Returns the start attributes of a call's span: semantic conventions for gRPC, up to 1.37 by default,
 * 1.39 to 1.44 if `OTEL_SEMCONV_STABILITY_OPT_IN` selects them (rule 11).
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
export const callAttributes = memoizeByConventions((path, conventions): Attributes => {
  const method = fullMethod(path);
  const slash = method.lastIndexOf('/');
  return {
    ...(conventions !== 'new' && {
      'rpc.system': 'grpc',
      'rpc.service': method.slice(0, Math.max(slash, 0)),
      'rpc.method': method.slice(slash + 1),
    }),
    // Both generations have the key `rpc.method`: if both are selected, the new one wins.
    ...(conventions !== 'old' && { 'rpc.system.name': 'grpc', 'rpc.method': method }),
  };
});

/** Returns the end attributes of a call's span. Client and server differ in which codes are errors. */
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

/** Returns the client address from proxy headers, else from the peer. Only the old conventions have it. */
export function callerAttributes(
  metadata: Metadata,
  peer: string,
  conventions: RpcConventions,
): Attributes {
  if (conventions === 'new') return {};
  const { client } = forwarded({
    forwarded: text(metadata, 'forwarded'),
    'x-forwarded-for': text(metadata, 'x-forwarded-for'),
  });
  if (client !== undefined) return { 'client.address': client };
  const { address, port } = peerAddress(peer);
  return { 'client.address': address, 'client.port': port };
}

function text(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** The metadata in which grpc-js sends the number of previous attempts of a retried call. */
const ATTEMPTS = 'grpc-previous-rpc-attempts';

/** Returns the attempts as a metadata attribute: the semantic conventions have no key for them. */
export function attemptAttributes(
  metadata: Metadata,
  direction: 'request' | 'response',
  conventions: RpcConventions,
): Attributes {
  const [attempts] = metadata.get(ATTEMPTS);
  if (typeof attempts !== 'string' || !/^\d{1,3}$/.test(attempts)) return {};
  return {
    ...(conventions !== 'new' && { [`rpc.grpc.${direction}.metadata.${ATTEMPTS}`]: [attempts] }),
    ...(conventions !== 'old' && { [`rpc.${direction}.metadata.${ATTEMPTS}`]: [attempts] }),
  };
}

/** Counts the messages of a streaming call, for its span (rule 11). */
export class MessageCount {
  private sent = 0;
  private received = 0;

  constructor(private readonly isStream: boolean) {}

  countSent(): void {
    this.sent++;
  }

  countReceived(): void {
    this.received++;
  }

  attributes(): Attributes {
    return this.isStream
      ? { 'rpc.messages_sent': this.sent, 'rpc.messages_received': this.received }
      : {};
  }
}
