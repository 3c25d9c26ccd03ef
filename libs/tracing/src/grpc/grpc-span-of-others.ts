import type { Context } from '@opentelemetry/api';
import { clientSpanOfOthers } from '../span/client-span-of-others.js';

/** Whether an instrumentation of others makes the span of the gRPC call at hand. */
export function isGrpcSpanOfOthers(context: Context): boolean {
  const attributes = clientSpanOfOthers(context);
  return (attributes?.['rpc.system'] ?? attributes?.['rpc.system.name']) === 'grpc';
}
