import { remember } from '../../span/remember.js';

/** Where a request goes. */
export interface Target {
  /** The whole URL, as it is: with its secrets. */
  readonly url: string;
  readonly host: string;
  readonly port: number | undefined;
}

/** A path may be a whole URL: so it is for a proxy. */
export function targetOf(origin: string, path: string): Target {
  const absolute = /^https?:\/\/[^/?#]*/i.exec(path)?.[0];
  return absolute === undefined
    ? { ...endpointOf(origin), url: origin + path }
    : { ...endpointOf(absolute), url: path };
}

const endpointOf = remember((origin): Omit<Target, 'url'> => {
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
