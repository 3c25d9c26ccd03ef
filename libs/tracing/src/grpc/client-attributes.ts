import type { Metadata } from '@grpc/grpc-js';
import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../settings/settings.js';
import { forwarded } from '../span/incoming/forwarded.js';
import { peerAddress } from './peer-address.js';

/** Who called: what proxies say of it, else the peer. Only the old conventions ask for it. */
export function clientAttributes(
  metadata: Metadata,
  peer: string,
  conventions: RpcConventions,
): Attributes {
  if (conventions === 'new') return {};
  const { client } = forwarded({
    forwarded: text(metadata, 'forwarded'),
    'x-forwarded-for': text(metadata, 'x-forwarded-for'),
  });
  if (client !== undefined) return { 'client.address': client };
  const { address, port } = peerAddress(peer);
  return { 'client.address': address, 'client.port': port };
}

function text(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}
