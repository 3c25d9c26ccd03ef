import type { Metadata } from '@grpc/grpc-js';
import type { Attributes } from '@opentelemetry/api';
import type { RpcConventions } from '../settings/settings.js';

/** How many attempts of a retried call came before, as grpc-js tells the server and the caller. */
const ATTEMPTS = 'grpc-previous-rpc-attempts';

/** The conventions have no key of their own for attempts, but one for each entry of the metadata. */
export function attemptAttributes(
  metadata: Metadata,
  direction: 'request' | 'response',
  conventions: RpcConventions,
): Attributes {
  const [attempts] = metadata.get(ATTEMPTS);
  if (typeof attempts !== 'string' || !/^\d{1,3}$/.test(attempts)) return {};
  return {
    ...(conventions !== 'new' && { [`rpc.grpc.${direction}.metadata.${ATTEMPTS}`]: [attempts] }),
    ...(conventions !== 'old' && { [`rpc.${direction}.metadata.${ATTEMPTS}`]: [attempts] }),
  };
}
