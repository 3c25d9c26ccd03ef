import type { Attributes } from '@opentelemetry/api';

/** What begins the name of a server span, and is that of a client span. */
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
