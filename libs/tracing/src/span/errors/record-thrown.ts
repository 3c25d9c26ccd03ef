import type { RequestScope } from '../app/request-scope.js';
import { describeError } from './describe-error.js';
import { expectedStatus, grpcCodeOf } from './expected-error.js';
import { recordException } from './record-error.js';

/**
 * Records on the server span of a call or a message what its exception filters have to answer: what
 * guards, pipes and interceptors throw has no other span (rule 3). An expected error is not recorded
 * (rule 4), nor is one that another span of the trace has recorded.
 */
export function recordThrown(request: RequestScope, error: unknown): void {
  const { serverSpan, toldValue } = request;
  if (!serverSpan.isRecording()) return;
  const isExpected = expectedStatus(error) !== undefined;
  request.thrown = { type: describeError(error).type, isExpected, grpcCode: grpcCodeOf(error) };
  if (isExpected || (toldValue !== undefined && Object.is(toldValue.value, error))) return;
  recordException(serverSpan, error);
}
