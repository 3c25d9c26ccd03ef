import type { Metadata } from '@grpc/grpc-js';
import type { TextMapGetter, TextMapSetter, Context, TextMapPropagator } from '@opentelemetry/api';

export const metadataGetter: TextMapGetter<Metadata> = {
  get: (metadata, key) => metadata.get(key).filter((value) => typeof value === 'string'),
  keys: (metadata) => Object.keys(metadata.getMap()),
};

export const metadataSetter: TextMapSetter<Metadata> = {
  set: (metadata, key, value) => {
    try {
      metadata.set(key, value);
    } catch {
      // An HTTP header may hold what metadata may not, such as letters that are not ASCII: the call
      // goes without it (rule 15).
    }
  },
};

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
