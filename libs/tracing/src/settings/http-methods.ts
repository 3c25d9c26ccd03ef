import { commas } from './variables.js';

/** The methods of RFC 9110 and RFC 5789, and QUERY, as the semantic conventions list them. */
const standard = 'CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' ');

/**
 * The methods that may stand in names of spans, which must not be unbounded: the standard ones, or
 * those that `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` lists in their place.
 */
export function httpMethodsOf(
  env: Readonly<Record<string, string | undefined>>,
): ReadonlySet<string> {
  const listed = commas(env['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'] ?? '');
  return new Set(listed.length === 0 ? standard : listed);
}
