import { redactUrl } from './redact-url.js';
import { isSecretHeader } from './secret-key.js';

const REDACTED = '[Redacted]';

/** How deep objects are searched: pino writes no deeper ones. */
const MOST_DEPTH = 8;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Copies a logged HTTP request or response with its secrets redacted: the values of headers whose names
 * contain a secret's word, wherever and under whatever key a serializer of the app has put them, and the
 * secrets of URLs. Path parameters are not redacted: they are in the URL.
 *
 * @param headers the original headers of the request or response
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
 * Copies the fields of a line and redacts the same secrets under keys such as `headers`, and in objects that
 * have `headers` and `url`, so are requests. Other fields of the app are not changed.
 *
 * @param headers the headers of the request that the line is about, if known: their secret values are
 *   redacted under any key
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

/** Returns a check whether a text is the value of a secret header, with or without a scheme (`Bearer ...`). */
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

/** Redacts a list of alternating names and values, such as `rawHeaders` of Node. */
function redactRawHeaders(list: readonly string[]): unknown[] {
  return list.map((one, at) =>
    at % 2 === 0 ? one : isSecretHeader(list[at - 1] ?? '') ? REDACTED : redactUrls(one),
  );
}

function isRawHeaders(key: string, value: unknown): value is string[] {
  return Array.isArray(value) && /^raw_?headers$/i.test(key) && value.every(isText);
}

/** Whether a value is a string or contains one. A number is not a secret: `code` may be a status code. */
function holdsText(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.some(isText));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether pino's serializers created a value: their objects have a prototype with the empty fields. */
function isMadeByPino(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'headers' in value && 'raw' in value;
}

function headersOf(message: unknown): unknown {
  const headers = (Object(message) as { headers?: unknown }).headers;
  return typeof headers === 'object' && headers !== null ? headers : undefined;
}

const plain = { configurable: true, enumerable: true, writable: true };

function mapFields(fields: Fields, change: (key: string, value: unknown) => unknown): Fields {
  const changed: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const value = change(key, fields[key]);
    // An assignment to this key would set the prototype.
    if (key === '__proto__') Object.defineProperty(changed, key, { ...plain, value });
    else changed[key] = value;
  }
  return changed;
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A number kept as text (`JSON.rawJSON()`) is a frozen object, and cannot be copied.
  if (prototype === null) return !Object.isFrozen(value);
  // True also for an object of another realm, and for Fastify's query objects.
  return Object.getPrototypeOf(prototype) === null;
}
