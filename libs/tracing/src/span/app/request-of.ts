import type { Context } from '@opentelemetry/api';
import { ignoredRequest } from '../incoming/ignored-context.js';
import { requestScope } from './request-scope.js';

/**
 * What tells the request, call or message of a context from all others, also where nothing of it is
 * recorded. Undefined outside of requests.
 */
export function requestOf(context: Context): unknown {
  return requestScope(context) ?? ignoredRequest(context);
}
