import { isSecretKey } from './secret-key.js';

/**
 * The values of the query's secrets as `REDACTED`, also those of a URL that is itself a value, as in
 * `next=%2Freset%3Ftoken%3D...`. Everything else stays as it is, also malformed.
 */
export function redactQuery(query: string): string {
  return redactPairs(query, /(&)/, /=/, (value) =>
    value.replace(
      /(\?|%3F)(.*)/is,
      (_, mark: string, inner: string) => mark + redactPairs(inner, /(%26)/i, /=|%3D/i),
    ),
  );
}

/** The same for a whole URL, with the user and password that it may hold. */
export function redactUrl(url: string): string {
  const withoutUser = url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1REDACTED:REDACTED@');
  return withoutUser.replace(/\?([^#]*)/, (_, query: string) => `?${redactQuery(query)}`);
}

/** @param between with a group, so that what separates the pairs is kept */
function redactPairs(
  pairs: string,
  between: RegExp,
  equals: RegExp,
  redactValue = (value: string): string => value,
): string {
  return pairs
    .split(between)
    .map((pair) => {
      const found = equals.exec(pair);
      if (found === null) return pair;
      const key = pair.slice(0, found.index);
      const value = pair.slice(found.index + found[0].length);
      return key + found[0] + (isSecretKey(key) ? 'REDACTED' : redactValue(value));
    })
    .join('');
}
