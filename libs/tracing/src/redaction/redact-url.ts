import { redactUserInfo } from './redact-user-info.js';
import { isSecretKey } from './secret-key.js';

/**
 * Replaces the secret values of a query by `REDACTED`, also those of a URL that is itself a value, as in
 * `next=%2Freset%3Ftoken%3D...`. Everything else is not changed, even if it is malformed.
 */
export function redactQuery(query: string): string {
  return redactPairs(query, /(&)/, /=/, (value) =>
    redactEncodedUserInfo(redactUserInfo(value)).replace(
      /(\?|%3F)(.*)/is,
      (_, mark: string, inner: string) => mark + redactPairs(inner, /(%26)/i, /=|%3D/i),
    ),
  );
}

/**
 * Redacts the query, the fragment and the user info of a URL.
 *
 * @param userInfo the replacement of the user info, by default that of the convention for `url.full`
 */
export function redactUrl(url: string, userInfo = 'REDACTED:REDACTED'): string {
  return redactUserInfo(url, userInfo).replaceAll(
    /([?#])([^#]*)/g,
    (_, mark: string, pairs: string) => mark + redactQuery(pairs),
  );
}

/** Redacts the user info of a percent-encoded URL, as in `dsn=postgres%3A%2F%2Fme%3Asecret%40host`. */
function redactEncodedUserInfo(value: string): string {
  if (!/%3A%2F%2F/i.test(value)) return value;
  try {
    const decoded = decodeURIComponent(value);
    const redacted = redactUserInfo(decoded);
    return redacted === decoded ? value : encodeURIComponent(redacted);
  } catch {
    return value; // malformed, so not a usable URL
  }
}

/** @param between the separator of the pairs, with a capturing group so that `split()` keeps it */
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

/**
 * Redacts the text of a setting, valid or not: the user info of an endpoint and the secrets of its query. If
 * the `://` of an endpoint is missing or misspelled, the text before an `@` still counts as user info.
 */
export function redactSetting(text: string): string {
  if (text.includes('://')) return redactUrl(text, 'REDACTED');
  const at = text.lastIndexOf('@');
  return text.slice(0, Math.max(at, 0)).includes(':') ? `REDACTED${text.slice(at)}` : text;
}
