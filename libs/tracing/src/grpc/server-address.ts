import { isIP } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { remember } from '../span/remember.js';

/**
 * Where the server is, as the target of the channel or the `:authority` of a call says:
 * `address:port`, `[v6]:port`, `dns:///name:port`, `unix:path`. What is none of these, as several
 * addresses or a scheme of the app's own, is given as it is, for it has no one port.
 * @see https://github.com/grpc/grpc/blob/master/doc/naming.md
 */
export const serverAddress = remember((target): Attributes => {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(target);
  if (unix !== null) return { 'server.address': unix[1] };
  // A server may be called `dns`: what follows a scheme is no port.
  const address = target.replace(/^(?:dns|ipv[46]):(?:\/\/[^/]*\/|(?!\d{1,5}$))/, '');
  if (isIP(address) !== 0) return { 'server.address': address };
  const parts = /^(?:\[([^\]]+)\]|([^:/,[\]]+))(?::(\d{1,5}))?$/.exec(address);
  if (parts === null) return { 'server.address': target };
  const [, v6, name, port] = parts;
  return {
    'server.address': v6 ?? name,
    ...(port !== undefined && { 'server.port': Number(port) }),
  };
});
