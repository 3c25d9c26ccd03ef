import type { IncomingMessage } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { redactQuery } from '../redaction/redact-url.js';
import type { Settings } from '../settings/settings.js';
import { remember } from '../span/remember.js';
import { forwarded } from '../span/incoming/forwarded.js';
import { pathOf, queryOf } from './http-request.js';
import { methodAttributes } from './method-attributes.js';

/**
 * What a server span knows at its start: the stable semantic conventions for HTTP server spans.
 * @param known what the framework knows of the request: Express's or Fastify's own
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function requestAttributes(
  request: IncomingMessage,
  known: object,
  { httpMethods }: Pick<Settings, 'httpMethods'>,
): Attributes {
  const { socket, headers } = request;
  const query = queryOf(request);
  const isEncrypted = 'encrypted' in socket && socket.encrypted === true;
  const { client, host, scheme } = forwarded(headers);
  return {
    ...methodAttributes(request.method, httpMethods),
    'url.path': pathOf(request),
    'url.query': query === undefined ? undefined : redactQuery(query),
    'url.scheme': scheme ?? (isEncrypted ? 'https' : 'http'),
    'network.protocol.version': protocolVersion(request.httpVersion),
    'network.peer.address': socket.remoteAddress,
    'network.peer.port': socket.remotePort,
    'client.address': client === undefined ? socket.remoteAddress : trustedClient(known, client),
    'user_agent.original': headers['user-agent'],
    ...serverAttributes(host ?? headers.host ?? authority(headers[':authority']) ?? ''),
  };
}

/** An app that trusts its proxies has told its framework so, which then knows the client better. */
function trustedClient(known: object, client: string): string {
  const ips: unknown = 'ips' in known ? known.ips : undefined;
  if (!Array.isArray(ips) || ips.length === 0) return client;
  return 'ip' in known && typeof known.ip === 'string' ? known.ip : client;
}

/** As the conventions write it: `1.1`, but `2`. */
function protocolVersion(version: string): string {
  return version.endsWith('.0') && version !== '1.0' ? version.slice(0, -2) : version;
}

/** In HTTP/2 in the place of `Host`. */
function authority(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

const serverAttributes = remember((host): Attributes => {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(host);
  if (parts === null || parts[1] === '') return {};
  return {
    'server.address': parts[1],
    ...(parts[2] !== undefined && { 'server.port': Number(parts[2]) }),
  };
}, 100);
