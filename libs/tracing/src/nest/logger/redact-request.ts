import { redactUrl } from '../../http/redact-url.js';

/** The part of a request, as pino-http writes it, that can hold a secret of the URL. */
interface WrittenRequest {
  url?: unknown;
  query?: unknown;
}

/**
 * The serializer of requests for the logger that we bring: secrets in the URL are told as on the span,
 * of which the line is an event. The query, which says the same once more, is then left out.
 */
export function redactRequest(request: WrittenRequest): WrittenRequest {
  if (typeof request.url !== 'string') return request;
  const url = redactUrl(request.url);
  if (url === request.url) return request;
  // The object was made for the line.
  return Object.assign(request, { url, query: undefined });
}
