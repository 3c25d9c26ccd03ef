import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request and a response as the adapter hands them to its hook: Express's or Fastify's. */
export type Wrapped<T> = T | { readonly raw: T };

export function rawRequest(request: Wrapped<IncomingMessage>): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

export function rawResponse(response: Wrapped<ServerResponse>): ServerResponse {
  return 'raw' in response ? response.raw : response;
}

/** The path of a request, without the query. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The query of a request, without its question mark; undefined where there is none. */
export function queryOf(request: IncomingMessage): string | undefined {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 || query === url.length - 1 ? undefined : url.slice(query + 1);
}
