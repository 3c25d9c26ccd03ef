import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request and a response as the adapter hands them to its hook: Express's or Fastify's. */
export type Wrapped<T> = T | { readonly raw: T };

export function rawRequest(request: Wrapped<IncomingMessage>): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

export function rawResponse(response: Wrapped<ServerResponse>): ServerResponse {
  return 'raw' in response ? response.raw : response;
}

/** The path of a request, without the query, also where its target is a whole URL. */
export function pathOf(request: IncomingMessage): string {
  // A router that is mounted on a path takes that off `url`.
  const target =
    'originalUrl' in request && typeof request.originalUrl === 'string'
      ? request.originalUrl
      : (request.url ?? '/');
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '') || '/';
}

/** The query of a request, without its question mark; undefined where there is none. */
export function queryOf(request: IncomingMessage): string | undefined {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 || query === url.length - 1 ? undefined : url.slice(query + 1);
}
