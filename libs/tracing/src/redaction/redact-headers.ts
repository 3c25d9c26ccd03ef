import { redactUrl } from './redact-url.js';
import { isSecretHeader } from './secret-key.js';

const REDACTED = '[Redacted]';

/** How deep objects are looked through: what pino writes is no deeper. */
const MOST_DEPTH = 8;

type Fields = Readonly<Record<string, unknown>>;

/**
 * A copy of what a log line says of an HTTP request or response, with the secrets redacted: headers whose
 * names hold a secret's word, wherever and under whatever name a serializer of the app has put them, and
 * the secrets of URLs. The path parameters stay: they are in the URL.
 *
 * @param headers the headers of the request or response as they came
 */
export function redactMessage(written: unknown, headers: unknown = headersOf(written)): unknown {
  const isSecret = secretValues(headers);
  const redact = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return isSecret(value) ? REDACTED : redactUrls(value);
    if (depth > MOST_DEPTH) return value;
    if (Array.isArray(value)) return value.map((one) => redact(one, depth + 1));
    if (!isFields(value)) return value;
    return mapFields(value, (key, one) => {
      if (key === 'params') return one;
      if (isRawHeaders(key, one)) return redactRawHeaders(one);
      return isSecretHeader(key) && holdsText(one) ? REDACTED : redact(one, depth + 1);
    });
  };
  return redact(isMadeByPino(written) ? { ...written } : written, 1);
}

/**
 * A copy of fields of a line, in which the same is redacted below `headers` and the like, and in what is
 * a request or a response by having `headers`. Other fields are the app's own, and stay.
 *
 * @param headers those of the request that the line is about, where it is known: their values are
 *   redacted under whatever name
 */
export function redactHeadersIn(fields: unknown, headers?: unknown): unknown {
  const isSecret = secretValues(headers);
  const redact = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return isSecret(value) ? REDACTED : value;
    if (depth > MOST_DEPTH) return value;
    if (Array.isArray(value)) return value.map((one) => redact(one, depth + 1));
    if (!isFields(value)) return value;
    const isMessage = headersOf(value) !== undefined && 'url' in value;
    if (isMessage) return redactMessage(value);
    return mapFields(value, (key, one) => {
      if (isRawHeaders(key, one)) return redactRawHeaders(one);
      if (/headers$/i.test(key)) return redactMessage(one, one);
      const isHeader = key.includes('-') && isSecretHeader(key);
      return isHeader && holdsText(one) ? REDACTED : redact(one, depth + 1);
    });
  };
  return redact(fields, 1);
}

/** Whether a text is the value of a secret header, alone or behind the name of its scheme (`Bearer ...`). */
function secretValues(headers: unknown): (text: string) => boolean {
  if (!isFields(headers)) return () => false;
  const values = Object.entries(headers)
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([, value]) => value)
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value, value.slice(value.indexOf(' ') + 1)]);
  const secrets = new Set(values);
  return (text) => text !== '' && secrets.has(text);
}

function redactUrls(text: string): string {
  return /[?#]|:\/\//.test(text) ? redactUrl(text, 'REDACTED') : text;
}

/** Names and values by turns, as `rawHeaders` of Node has them. */
function redactRawHeaders(list: readonly string[]): unknown[] {
  return list.map((one, at) =>
    at % 2 === 0 ? one : isSecretHeader(list[at - 1] ?? '') ? REDACTED : redactUrls(one),
  );
}

function isRawHeaders(key: string, value: unknown): value is string[] {
  return /^raw_?headers$/i.test(key) && Array.isArray(value) && value.every(isText);
}

/** Numbers and flags are none: `code` may be that of a status. */
function holdsText(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.some(isText));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** What pino's serializers make has a prototype of its own, which holds the empty fields. */
function isMadeByPino(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'headers' in value && 'raw' in value;
}

function headersOf(message: unknown): unknown {
  const headers = (Object(message) as { headers?: unknown }).headers;
  return typeof headers === 'object' && headers !== null ? headers : undefined;
}

function mapFields(fields: Fields, change: (key: string, value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, change(key, one)]));
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A number that was kept by its text is an object to look at, and no copy of it is that number.
  if (prototype === null) return !Object.isFrozen(value);
  // Also an object of another realm, and one of Fastify's for queries.
  return Object.getPrototypeOf(prototype) === null;
}
