import { redactUrl } from './redact-url.js';

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
