import { context } from '@opentelemetry/api';
import { requestScope } from '../span/request-scope.js';
import { describeError } from '../span/errors/describe-error.js';
import { expectedStatus } from '../span/errors/expected-error.js';
import { recordException } from '../span/errors/record-error.js';
import { requestScopeOf } from './server-request.js';

/**
 * Tells on the server span what has reached the exception filters: what guards, pipes, interceptors
 * and middleware throw has no other span (rule 3). What another span tells is not told again.
 *
 * @param answered the request, where it is known
 */
export function recordRequestException(error: unknown, answered: unknown): void {
  const request = requestScopeOf(answered) ?? requestScope(context.active());
  if (request === undefined || !request.serverSpan.isRecording()) return;
  if (expectedStatus(error) !== undefined || isFaultOfClient(error)) return;
  request.errorType = describeError(error).type;
  const { recordedValue } = request;
  if (recordedValue === undefined || !Object.is(recordedValue.value, error)) {
    recordException(request.serverSpan, error);
  }
}

/** As body parsers throw it, by `http-errors` or by Fastify: a body too large, cut off or malformed. */
function isFaultOfClient(error: unknown): boolean {
  const { statusCode, expose, code } = Object(error) as Record<string, unknown>;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return false;
  return typeof expose === 'boolean' || (typeof code === 'string' && code.startsWith('FST_'));
}
