import type { Attributes } from '@opentelemetry/api';
import { methodAttributes } from '../attributes.js';
import type { Settings } from '../../options/settings.js';
import { redactUrl } from '../../redaction/redact-url.js';
import { memoize } from '../../span/memoize.js';

/** The target of a client request. */
export interface Target {
  /** The full URL, with its secrets. */
  readonly url: string;
  readonly host: string;
  readonly port: number | undefined;
}

/** Returns the target for an origin and a path. For a proxy, the path is an absolute URL. */
export function targetOf(origin: string, path: string): Target {
  const absolute = /^https?:\/\/[^/?#]*/i.exec(path)?.[0];
  return absolute === undefined
    ? { ...endpointOf(origin), url: origin + path }
    : { ...endpointOf(absolute), url: path };
}

const endpointOf = memoize((origin): Omit<Target, 'url'> => {
  try {
    const { protocol, hostname, port } = new URL(origin);
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    };
  } catch {
    return { host: origin, port: undefined };
  }
}, 200);

/**
 * Returns the start attributes of a client span, by the stable semantic conventions for HTTP client spans.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export function clientAttributes(
  method: string,
  target: Target,
  { httpMethods }: Pick<Settings, 'httpMethods'>,
): Attributes {
  return { ...methodAttributes(method, httpMethods), ...targetAttributes(target) };
}

export function targetAttributes({ url, host, port }: Target): Attributes {
  return {
    'url.full': redactUrl(url),
    'server.address': host,
    ...(port !== undefined && { 'server.port': port }),
  };
}
