import type { Attributes } from '@opentelemetry/api';
import { redactUrl } from '../redact-url.js';
import type { Target } from './target.js';

/** The methods that the semantic conventions know. */
const methods = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '));

/** The name of a client span: the method, where it is a known one. */
export function clientSpanName(method: string): string {
  return methods.has(method) ? method : 'HTTP';
}

/**
 * What a client span knows at its start: the stable semantic conventions for HTTP client spans.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export function clientAttributes(method: string, target: Target): Attributes {
  return {
    ...(methods.has(method)
      ? { 'http.request.method': method }
      : { 'http.request.method': '_OTHER', 'http.request.method_original': method }),
    ...targetAttributes(target),
  };
}

export function targetAttributes({ url, host, port }: Target): Attributes {
  return {
    'url.full': redactUrl(url),
    'server.address': host,
    ...(port !== undefined && { 'server.port': port }),
  };
}
