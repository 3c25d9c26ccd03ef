import type { IncomingMessage } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { remember } from '../span/remember.js';
import { pathOf, queryOf } from './http-request.js';
import { redactQuery } from './redact-url.js';

/**
 * What a server span knows at its start: the stable semantic conventions for HTTP server spans.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function requestAttributes(request: IncomingMessage): Attributes {
  const { socket, headers } = request;
  const query = queryOf(request);
  const isEncrypted = 'encrypted' in socket && socket.encrypted === true;
  return {
    'http.request.method': request.method,
    'url.path': pathOf(request),
    'url.query': query === undefined ? undefined : redactQuery(query),
    'url.scheme': isEncrypted ? 'https' : 'http',
    'network.protocol.version': request.httpVersion,
    'network.peer.address': socket.remoteAddress,
    'network.peer.port': socket.remotePort,
    'client.address': clientAddress(request),
    'user_agent.original': headers['user-agent'],
    ...serverAttributes(headers.host ?? ''),
  };
}

/** Express and Fastify know the client behind a proxy that the app trusts. */
function clientAddress(request: IncomingMessage): string | undefined {
  return 'ip' in request && typeof request.ip === 'string'
    ? request.ip
    : request.socket.remoteAddress;
}

const serverAttributes = remember((host): Attributes => {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(host);
  if (parts === null || parts[1] === '') return {};
  return {
    'server.address': parts[1],
    ...(parts[2] !== undefined && { 'server.port': Number(parts[2]) }),
  };
}, 100);
