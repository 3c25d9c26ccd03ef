import { isIP } from 'node:net';
import type { Metadata } from '@grpc/grpc-js';
import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../options/settings.js';
import { forwarded } from '../propagation/forwarded.js';
import { memoize } from '../span/memoize.js';

/** Keeps the attributes that a text stands for, which differ by the conventions that are asked for. */
function memoizeByConventions(
  ask: (key: string, conventions: RpcConventions) => Attributes,
): (key: string, conventions: RpcConventions) => Attributes {
  const memoized = {
    old: memoize((key) => ask(key, 'old')),
    new: memoize((key) => ask(key, 'new')),
    dup: memoize((key) => ask(key, 'dup')),
  };
  return (key, conventions) => memoized[conventions](key);
}

/** Where a connection leads; all undefined where there is none. */
export interface PeerAddress {
  readonly address?: string;
  readonly port?: number;
}

/** Reads what grpc-js calls the peer: where there is no connection, that is the target. */
const peerAddress = memoize((peer): PeerAddress => {
  const path = /^(?:unix:)?(\/.+)$/.exec(peer)?.[1];
  if (path !== undefined) return { address: path };
  const [, ip, port] = /^(.+):(\d{1,5})$/.exec(peer) ?? [];
  const address = ip?.replace(/^\[(.*)\]$/, '$1') ?? '';
  return isIP(address) === 0 ? {} : { address, port: Number(port) };
});

/** The connection of a call. Transport and type are of the old conventions only. */
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
 * Where the server is, as the target of the channel or the `:authority` of a call says:
 * `address:port`, `[v6]:port`, `dns:///name:port`, `unix:path`. What is none of these, as several
 * addresses or a scheme of the app's own, is given as it is, for it has no one port.
 * @see https://github.com/grpc/grpc/blob/master/doc/naming.md
 */
export const serverAddress = memoize((target): Attributes => {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(target);
  if (unix !== null) return { 'server.address': unix[1] };
  // A server may be called `dns`: what follows a scheme is no port.
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
export const callAttributes = memoizeByConventions((path, conventions): Attributes => {
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

/** Who called: what proxies say of it, else the peer. Only the old conventions ask for it. */
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

/** How many attempts of a retried call came before, as grpc-js tells the server and the caller. */
const ATTEMPTS = 'grpc-previous-rpc-attempts';

/** The conventions have no key of their own for attempts, but one for each entry of the metadata. */
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
