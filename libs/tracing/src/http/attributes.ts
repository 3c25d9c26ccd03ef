import type { IncomingMessage, ServerResponse, IncomingHttpHeaders } from 'node:http';
import type { TextMapGetter, Attributes } from '@opentelemetry/api';
import type { Settings } from '../options/settings.js';
import { forwarded } from '../propagation/forwarded.js';
import { redactQuery } from '../redaction/redact-url.js';
import { memoize } from '../span/memoize.js';

/** A request or response as the adapter passes it to its hook: Fastify wraps that of Node. */
export type Wrapped<T> = T | { readonly raw: T };

export function rawRequest(request: Wrapped<IncomingMessage>): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

export function rawResponse(response: Wrapped<ServerResponse>): ServerResponse {
  return 'raw' in response ? response.raw : response;
}

/** Returns the path of a request without the query, even if the request target is an absolute URL. */
export function pathOf(request: IncomingMessage): string {
  // A router that is mounted on a path removes that path from `url`.
  const target =
    'originalUrl' in request && typeof request.originalUrl === 'string'
      ? request.originalUrl
      : (request.url ?? '/');
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '') || '/';
}

/** Returns the query of a request without the question mark; undefined if there is none. */
function queryOf(request: IncomingMessage): string | undefined {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 || query === url.length - 1 ? undefined : url.slice(query + 1);
}

export const headerGetter: TextMapGetter<IncomingHttpHeaders> = {
  get: (headers, key) => headers[key.toLowerCase()],
  keys: (headers) => Object.keys(headers),
};

/** Returns the method for span names: the start of a server span's name, the whole name of a client span. */
export function methodName(method: string | undefined, known: ReadonlySet<string>): string {
  return method !== undefined && known.has(method) ? method : 'HTTP';
}

export function methodAttributes(
  method: string | undefined,
  known: ReadonlySet<string>,
): Attributes {
  return method !== undefined && known.has(method)
    ? { 'http.request.method': method }
    : { 'http.request.method': '_OTHER', 'http.request.method_original': method };
}

/**
 * Returns the start attributes of a server span in parts, by the stable semantic conventions for HTTP
 * server spans.
 * @param known the request object of Express or Fastify
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function requestAttributes(
  request: IncomingMessage,
  known: object,
  { httpMethods }: Pick<Settings, 'httpMethods'>,
): readonly Attributes[] {
  const { socket, headers } = request;
  const query = queryOf(request);
  const isEncrypted = 'encrypted' in socket && socket.encrypted === true;
  const { client, host, scheme } = forwarded(headers);
  const ofRequest: Attributes = {
    'url.path': pathOf(request),
    'url.query': query === undefined ? undefined : redactQuery(query),
    'url.scheme': scheme ?? (isEncrypted ? 'https' : 'http'),
    'network.protocol.version': protocolVersion(request.httpVersion),
    'network.peer.address': socket.remoteAddress,
    'network.peer.port': socket.remotePort,
    'client.address': client === undefined ? socket.remoteAddress : trustedClient(known, client),
    'user_agent.original': headers['user-agent'],
  };
  return [
    methodAttributes(request.method, httpMethods),
    ofRequest,
    serverAttributes(host ?? headers.host ?? authority(headers[':authority']) ?? ''),
  ];
}

/** Returns the client address: if the framework is configured to trust proxies, its own is more reliable. */
function trustedClient(known: object, client: string): string {
  const ips: unknown = 'ips' in known ? known.ips : undefined;
  if (!Array.isArray(ips) || ips.length === 0) return client;
  return 'ip' in known && typeof known.ip === 'string' ? known.ip : client;
}

/** Formats an HTTP version as the semantic conventions do: `1.1`, but `2`. */
function protocolVersion(version: string): string {
  return version.endsWith('.0') && version !== '1.0' ? version.slice(0, -2) : version;
}

/** Reads `:authority`, which HTTP/2 has instead of `Host`. */
function authority(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

const serverAttributes = memoize((host): Attributes => {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(host);
  if (parts === null || parts[1] === '') return {};
  return {
    'server.address': parts[1],
    ...(parts[2] !== undefined && { 'server.port': Number(parts[2]) }),
  };
}, 100);
