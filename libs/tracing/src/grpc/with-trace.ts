import type { Metadata } from '@grpc/grpc-js';
import type { Context, TextMapPropagator } from '@opentelemetry/api';
import { metadataSetter } from './metadata-carrier.js';

/**
 * A copy of the app's metadata, which it may use for further calls, with the headers of the call's
 * span. They win over what the app set, which often is the metadata that it got itself: else the
 * server would not be below the call. The state of a trace goes with its ids.
 */
export function withTrace(
  metadata: Metadata,
  propagator: TextMapPropagator,
  scope: Context,
): Metadata {
  const headers = metadata.clone();
  if (propagator.fields().includes('tracestate')) headers.remove('tracestate');
  propagator.inject(scope, headers, metadataSetter);
  return headers;
}
