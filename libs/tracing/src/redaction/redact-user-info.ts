const MARK = '://';

/**
 * Replaces the user info of every URL in a text: `postgres://me:secret@host/db` becomes
 * `postgres://REDACTED@host/db`. The time it takes grows with the length of the text and no faster.
 *
 * Passwords in connection strings are often not percent-encoded, so the user info may hold `/`, `?`, `#`
 * and `@`, where a parser of URLs would see a path already. What may be a part of the user info is
 * redacted with it.
 *
 * @param replacement what stands for the user info
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
 * The same for a text that was cut at its end, maybe in the middle of a password: a last URL that goes on to
 * the end is redacted, unless it is one without user info for certain.
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

/** What ends a URL in a text: a quote does where the text around the URL goes on behind it. */
const endOfUrl = /[\s<>]|\\?["'`](?=[\s,;:.)}\]>\\]|$)/g;

/** Schemes of URLs that often have an `@` in their path, as in `https://registry.test:443/@scope/package`. */
const webScheme = /(?:^|[^a-z\d])(?:https?|wss?)$/i;

const hosts =
  /^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::\d+)?(?:,(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*)(?::\d+)?)*$/i;

/**
 * Looks for places in a text, from the left to the right. A place that was found is kept until it is
 * passed: looking for it again from every URL would take time in proportion to the square of the length.
 */
class Scan {
  private at = -1;
  private end = -1;

  constructor(private readonly text: string) {}

  /** The next `://`; the length of the text, where there is none. */
  markFrom(start: number): number {
    return this.orLength(this.text.indexOf(MARK, start));
  }

  /** The next `@`. */
  atFrom(start: number): number {
    if (this.at < start) this.at = this.orLength(this.text.indexOf('@', start));
    return this.at;
  }

  /** The place behind the `@` that ends the user info of a URL; undefined for a URL without user info. */
  endOfUserInfo(start: number): number | undefined {
    const { text } = this;
    const at = this.atFrom(start);
    if (text[start] === '/' || at >= this.endFrom(start)) return undefined;
    const nextUrl = Math.min(this.markFrom(start), this.endFrom(start));
    const isWeb = webScheme.test(text.slice(Math.max(0, start - 12), start - MARK.length));
    const inUrl = endInUrl(text.slice(start, nextUrl), isWeb);
    if (inUrl !== 'open') return inUrl && start + inUrl;
    // The password holds `://` too.
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
 * The place behind the `@` that ends the user info, in what follows the `://` of one URL; undefined for a
 * URL without user info, `open` for one whose password goes on behind the end of the text.
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
  // A password may begin with digits, and the path of a web page may hold an `@`.
  if (/^\d+\W*$/.test(port)) return isWeb ? undefined : lastBefore(path);
  return lastBefore(url.length) ?? 'open';
}

function lengthUntil(pattern: RegExp, text: string): number {
  const index = text.search(pattern);
  return index === -1 ? text.length : index;
}

/** Whether what follows an `@` is a host for certain: a part of a password has no dot and no port. */
function isCertainHost(text: string): boolean {
  return text === 'localhost' || (/[.:]/.test(text) && hosts.test(text));
}

/** What stands behind the colon that follows a host, be it a name or the address in brackets. */
function portOf(authority: string): string | undefined {
  const colon = authority.indexOf(':', authority.startsWith('[') ? authority.indexOf(']') + 1 : 0);
  return colon === -1 ? undefined : authority.slice(colon + 1);
}
