import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header, or the key of gRPC metadata, that forces a request to be recorded. */
export const DEBUG_HEADER = 'x-trace-debug';

/** Tokens are shorter. A longer text is not even hashed. */
const LONGEST_TOKEN = 128;

/**
 * Creates a token: `v1.<end>.<signature>`. The end is in milliseconds since the epoch, and the signature is
 * HMAC-SHA256 in base64url, of all that is before it.
 *
 * @param end in milliseconds since the epoch
 */
export function createDebugToken(secret: string, end: number): string {
  const payload = `v1.${Math.round(end)}`;
  return `${payload}.${signature(secret, payload)}`;
}

/** Checks a token that anybody may have sent. The time does not depend on how much of it is right. */
export function checkDebugToken(secret: string, token: string): 'valid' | 'expired' | 'invalid' {
  if (token.length > LONGEST_TOKEN) return 'invalid';
  const cut = token.lastIndexOf('.');
  const payload = token.slice(0, Math.max(cut, 0));
  const expected = Buffer.from(signature(secret, payload));
  const given = Buffer.from(token.slice(cut + 1));
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  const end = /^v1\.(\d{1,16})$/.exec(payload)?.[1];
  if (!isSigned || end === undefined) return 'invalid';
  return Number(end) > Date.now() ? 'valid' : 'expired';
}

function signature(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(`${DEBUG_HEADER}: ${payload}`).digest('base64url');
}
