import { isIP } from 'node:net';
import { remember } from '../span/remember.js';

/** Where a connection leads; all undefined where there is none. */
export interface PeerAddress {
  readonly address?: string;
  readonly port?: number;
}

/** Reads what grpc-js calls the peer: where there is no connection, that is the target. */
export const peerAddress = remember((peer): PeerAddress => {
  const path = /^(?:unix:)?(\/.+)$/.exec(peer)?.[1];
  if (path !== undefined) return { address: path };
  const [, ip, port] = /^(.+):(\d{1,5})$/.exec(peer) ?? [];
  const address = ip?.replace(/^\[(.*)\]$/, '$1') ?? '';
  return isIP(address) === 0 ? {} : { address, port: Number(port) };
});
