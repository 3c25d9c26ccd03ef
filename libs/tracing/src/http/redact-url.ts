/**
 * Keys of a query whose values are secrets: the semantic convention's list, and every name that holds
 * one of these words, as `access_token`, `apiKey` and `sessionid` do. Rather one too many.
 */
const secretKey =
  /password|passwd|token|secret|key|code|session|authorization|signature|credential|^(sig|pwd|auth)$/i;

/** The values of the query's secrets as `REDACTED`. Everything else stays as it is, also malformed. */
export function redactQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals === -1) return pair;
      return isSecret(pair.slice(0, equals)) ? `${pair.slice(0, equals)}=REDACTED` : pair;
    })
    .join('&');
}

/** The same for a whole URL, with the user and password that it may hold. */
export function redactUrl(url: string): string {
  const withoutUser = url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1REDACTED:REDACTED@');
  return withoutUser.replace(/\?([^#]*)/, (_, query: string) => `?${redactQuery(query)}`);
}

function isSecret(key: string): boolean {
  try {
    return secretKey.test(decodeURIComponent(key));
  } catch {
    return secretKey.test(key);
  }
}
