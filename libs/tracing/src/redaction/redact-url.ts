import { redactUserInfo } from './redact-user-info.js';
import { isSecretKey } from './secret-key.js';

/**
 * The values of the query's secrets as `REDACTED`, also those of a URL that is itself a value, as in
 * `next=%2Freset%3Ftoken%3D...`. Everything else stays as it is, also malformed.
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
 * The same for a whole URL and its fragment, with the user and password that it may hold.
 *
 * @param userInfo what stands for these, by default as the convention for `url.full` has it
 */
export function redactUrl(url: string, userInfo = 'REDACTED:REDACTED'): string {
  return redactUserInfo(url, userInfo).replaceAll(
    /([?#])([^#]*)/g,
    (_, mark: string, pairs: string) => mark + redactQuery(pairs),
  );
}

/** The user info of a URL that is percent-encoded, as in `dsn=postgres%3A%2F%2Fme%3Asecret%40host`. */
function redactEncodedUserInfo(value: string): string {
  if (!/%3A%2F%2F/i.test(value)) return value;
  try {
    const decoded = decodeURIComponent(value);
    const redacted = redactUserInfo(decoded);
    return redacted === decoded ? value : encodeURIComponent(redacted);
  } catch {
    return value; // malformed, so it is no URL that anybody opens
  }
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

/**
 * What may be shown of the text of a setting, right or wrong: an endpoint without its password and the
 * secrets of its query. Where the `://` of an endpoint is missing or misspelled, what stands before an `@`
 * is its user info all the same.
 */
export function redactSetting(text: string): string {
  if (text.includes('://')) return redactUrl(text, 'REDACTED');
  const at = text.lastIndexOf('@');
  return text.slice(0, Math.max(at, 0)).includes(':') ? `REDACTED${text.slice(at)}` : text;
}
