import type { Metadata } from '@grpc/grpc-js';
import type { TextMapGetter, TextMapSetter, Context, TextMapPropagator } from '@opentelemetry/api';

export const metadataGetter: TextMapGetter<Metadata> = {
  get: (metadata, key) => {
    const values = metadata.get(key);
    // An empty list would count as an empty header.
    return values.length === 0 ? undefined : values.filter((value) => typeof value === 'string');
  },
  keys: (metadata) => Object.keys(metadata.getMap()),
};

export const metadataSetter: TextMapSetter<Metadata> = {
  set: (metadata, key, value) => {
    try {
      metadata.set(key, value);
    } catch {
      // A value that is valid in an HTTP header may be invalid in metadata, such as non-ASCII text: it is
      // left out (rule 15).
    }
  },
};

/**
 * Copies the app's metadata, which the app may use for further calls, and injects the context of the call.
 * That replaces headers that the app has set, often by forwarding metadata that it received: else the
 * server span would not be a child of the call's span. `tracestate` must match the IDs, so it is
 * replaced too.
 */
export function withTrace(
  metadata: Metadata,
  propagator: TextMapPropagator,
  scope: Context,
): Metadata {
  const headers = metadata.clone();
  if (headers.get('tracestate').length > 0 && propagator.fields().includes('tracestate')) {
    headers.remove('tracestate');
  }
  propagator.inject(scope, headers, metadataSetter);
  return headers;
}
