const MARK = '://';

/**
 * Replaces the user info of every URL in a text: `postgres://me:secret@host/db` becomes
 * `postgres://REDACTED@host/db`. The time is linear in the length of the text.
 *
 * Passwords in connection strings are often not percent-encoded, so the user info may contain `/`, `?`,
 * `#` and `@`, where a URL parser would already see a path. Everything that may be a part of the user info
 * is redacted.
 *
 * @param replacement the text that replaces the user info
 */
export function redactUserInfo(text: string, replacement = 'REDACTED'): string {
  if (!text.includes(MARK)) return text;
  const scan = new Scan(text);
  let redacted = '';
  let copied = 0;
  for (let mark = scan.markFrom(0); scan.atFrom(mark) < text.length; mark = scan.markFrom(mark)) {
    const start = mark + MARK.length;
    mark = scan.endOfUserInfo(start) ?? start;
    if (mark === start || isRedacted(text.slice(start, mark - 1))) continue;
    redacted += text.slice(copied, start) + replacement;
    copied = mark - 1;
  }
  return redacted + text.slice(copied);
}

/**
 * Redacts a text that was cut at its end, possibly in the middle of a password: a URL at the end is
 * redacted too, unless it certainly has no user info.
 */
export function redactCutUserInfo(cut: string): string {
  const start = cut.lastIndexOf(MARK) + MARK.length;
  const last = cut.slice(start);
  const isOpen =
    start >= MARK.length &&
    !/\s/.test(last) &&
    (last.includes('@') || /^[^/?#]*:(?!\d+[/?#])/.test(last));
  return isOpen ? `${redactUserInfo(cut.slice(0, start))}REDACTED` : redactUserInfo(cut);
}

function isRedacted(userInfo: string): boolean {
  return userInfo === '' || userInfo === 'REDACTED' || userInfo === 'REDACTED:REDACTED';
}

/** Matches the end of a URL in a text. A quote counts if punctuation, whitespace or the end follows it. */
const endOfUrl = /[\s<>]|\\?["'`](?=[\s,;:.)}\]>\\]|$)/g;

/** Schemes of URLs that often have an `@` in their path, as in `https://registry.test:443/@scope/package`. */
const webScheme = /(?:^|[^a-z\d])(?:https?|wss?)$/i;

const hosts =
  /^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::\d+)?(?:,(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::\d+)?)*$/i;

/**
 * Searches a text from left to right. A position that was found is cached until it is passed: searching
 * again from every URL would take quadratic time.
 */
class Scan {
  private at = -1;
  private end = -1;

  constructor(private readonly text: string) {}

  /** Returns the position of the next `://`, or the length of the text if there is none. */
  markFrom(start: number): number {
    return this.orLength(this.text.indexOf(MARK, start));
  }

  /** Returns the position of the next `@`, or the length of the text if there is none. */
  atFrom(start: number): number {
    if (this.at < start) this.at = this.orLength(this.text.indexOf('@', start));
    return this.at;
  }

  /** Returns the position after the `@` that ends the user info; undefined if the URL has none. */
  endOfUserInfo(start: number): number | undefined {
    const { text } = this;
    const at = this.atFrom(start);
    if (text[start] === '/' || at >= this.endFrom(start)) return undefined;
    const nextUrl = Math.min(this.markFrom(start), this.endFrom(start));
    const isWeb = webScheme.test(text.slice(Math.max(0, start - 12), start - MARK.length));
    const inUrl = endInUrl(text.slice(start, nextUrl), isWeb);
    if (inUrl !== 'open') return inUrl && start + inUrl;
    // The password contains `://` too.
    const limit = Math.min(this.markFrom(at), this.endFrom(at));
    return text.lastIndexOf('@', limit - 1) + 1;
  }

  private endFrom(start: number): number {
    if (this.end < start) {
      endOfUrl.lastIndex = start;
      this.end = endOfUrl.exec(this.text)?.index ?? this.text.length;
    }
    return this.end;
  }

  private orLength(index: number): number {
    return index === -1 ? this.text.length : index;
  }
}

/**
 * Returns the position after the `@` that ends the user info in the text after the `://` of one URL;
 * undefined if the URL has no user info, `open` if its password continues after the end of the text.
 */
function endInUrl(url: string, isWeb: boolean): number | undefined | 'open' {
  const authority = lengthUntil(/[/?#\\]/, url);
  const path = authority + lengthUntil(/[?#]/, url.slice(authority));
  const lastBefore = (limit: number): number | undefined =>
    url.slice(0, limit).lastIndexOf('@') + 1 || undefined;

  const afterUserInfo = lastBefore(authority);
  if (afterUserInfo !== undefined) {
    const isCertain = isCertainHost(url.slice(afterUserInfo, authority));
    if (isWeb) return isCertain ? afterUserInfo : lastBefore(path);
    return lastBefore(isCertain ? path : url.length);
  }
  const port = portOf(url.slice(0, authority));
  if (port === undefined) return undefined;
  // A password may begin with digits, and the path of a web page may contain an `@`.
  if (/^\d+\W*$/.test(port)) return isWeb ? undefined : lastBefore(path);
  return lastBefore(url.length) ?? 'open';
}

function lengthUntil(pattern: RegExp, text: string): number {
  const index = text.search(pattern);
  return index === -1 ? text.length : index;
}

/** Whether the text after an `@` is certainly a host: one with a dot or a port, or `localhost`. */
function isCertainHost(text: string): boolean {
  return text === 'localhost' || (/[.:]/.test(text) && hosts.test(text));
}

/** Returns the text after the colon that follows a host name or a bracketed address. */
function portOf(authority: string): string | undefined {
  const colon = authority.indexOf(':', authority.startsWith('[') ? authority.indexOf(']') + 1 : 0);
  return colon === -1 ? undefined : authority.slice(colon + 1);
}
