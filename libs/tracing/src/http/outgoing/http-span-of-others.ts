import type { Context } from '@opentelemetry/api';
import { clientSpanOfOthers } from '../../span/client-span-of-others.js';

/**
 * Whether an instrumentation of others makes the span of the HTTP request at hand. Client spans around
 * it, as of an SDK, are none of those.
 */
export function isHttpSpanOfOthers(context: Context): boolean {
  const attributes = clientSpanOfOthers(context) ?? {};
  return 'http.request.method' in attributes || 'http.method' in attributes;
}
