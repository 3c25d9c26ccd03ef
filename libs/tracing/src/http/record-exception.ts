import { context } from '@opentelemetry/api';
import { requestScope } from '../span/request-scope.js';
import { describeError, expectedStatus } from '../span/errors/describe-error.js';
import { recordException } from '../span/errors/record-error.js';
import { requestScopeOf } from './server-request.js';

/**
 * Records an error that reached the exception filters on the server span: errors of guards, pipes,
 * interceptors and middleware have no other span (rule 3). An error that another span has recorded is not
 * recorded again.
 *
 * @param handled the request object, if it is known
 */
export function recordRequestException(error: unknown, handled: unknown): void {
  const request = requestScopeOf(handled) ?? requestScope(context.active());
  if (request === undefined || !request.serverSpan.isRecording()) return;
  if (expectedStatus(error) !== undefined || isClientError(error)) return;
  request.errorType = describeError(error).type;
  const { recordedValue } = request;
  if (recordedValue === undefined || !Object.is(recordedValue.value, error)) {
    recordException(request.serverSpan, error);
  }
}

/** Whether a body parser (`http-errors`, Fastify) threw for a body too large, cut off or malformed. */
function isClientError(error: unknown): boolean {
  const { statusCode, expose, code } = Object(error) as Record<string, unknown>;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return false;
  return typeof expose === 'boolean' || (typeof code === 'string' && code.startsWith('FST_'));
}
