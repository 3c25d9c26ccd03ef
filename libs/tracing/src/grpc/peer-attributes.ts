import { isIP } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { peerAddress } from './peer-address.js';
import { rememberByConventions } from './remember-by-conventions.js';

/** The connection of a call. Transport and type are of the old conventions only. */
export const peerAttributes = rememberByConventions((peer, conventions): Attributes => {
  const { address, port } = peerAddress(peer);
  if (address === undefined) return {};
  const isSocketFile = port === undefined;
  return {
    'network.peer.address': address,
    ...(!isSocketFile && { 'network.peer.port': port }),
    ...(conventions !== 'new' && {
      'network.transport': isSocketFile ? 'unix' : 'tcp',
      ...(!isSocketFile && { 'network.type': `ipv${isIP(address)}` }),
    }),
  };
});
