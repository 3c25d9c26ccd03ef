import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** The request as a proxy received it. Any client can send these headers, so they are not trusted. */
export interface Forwarded {
  readonly client?: string | undefined;
  readonly host?: string | undefined;
  readonly scheme?: string | undefined;
}

const nothing: Forwarded = {};

/**
 * Reads the first entry of `Forwarded` (RFC 7239), else of the `X-Forwarded-*` headers: the proxy next to
 * the client added it. Invalid addresses and schemes are left out (rule 15).
 */
export function forwarded(headers: IncomingHttpHeaders): Forwarded {
  const standard = headers.forwarded;
  if (standard !== undefined) return fromStandard(standard);
  const client = first(headers['x-forwarded-for']);
  const host = first(headers['x-forwarded-host']);
  const scheme = first(headers['x-forwarded-proto']);
  if (client === undefined && host === undefined && scheme === undefined) return nothing;
  return { client: address(client), host, scheme: schemeOf(scheme) };
}

function fromStandard(header: string): Forwarded {
  const pairs = new Map<string, string>();
  for (const pair of (first(header) ?? '').split(';')) {
    const [, key, value] = /^\s*(\w+)="?([^"]*)"?\s*$/.exec(pair) ?? [];
    if (key !== undefined && value !== undefined) pairs.set(key.toLowerCase(), value.trim());
  }
  return {
    client: address(pairs.get('for')),
    host: pairs.get('host'),
    scheme: schemeOf(pairs.get('proto')),
  };
}

/** Returns the first entry of a header. Node joins repeated headers, or returns them as an array. */
function first(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  const comma = text?.indexOf(',') ?? -1;
  return (comma === -1 ? text : text?.slice(0, comma))?.trim() || undefined;
}

/** Reads the address of `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. */
function address(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 64) return undefined;
  const ip = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(ip) === 0 ? undefined : ip;
}

function schemeOf(text: string | undefined): string | undefined {
  const scheme = text?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}
