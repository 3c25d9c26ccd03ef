import type { Attributes } from '@opentelemetry/api';

/** The methods of RFC 9110 and RFC 5789, which may stand in a span's name: others are unbounded. */
const known: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]);

/** What begins the name of a server span. */
export function methodName(method: string | undefined): string {
  return method !== undefined && known.has(method) ? method : 'HTTP';
}

export function methodAttributes(method: string | undefined): Attributes {
  return method !== undefined && known.has(method)
    ? { 'http.request.method': method }
    : { 'http.request.method': '_OTHER', 'http.request.method_original': method };
}
