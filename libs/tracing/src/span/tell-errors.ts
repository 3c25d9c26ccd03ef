import type { Span } from '@opentelemetry/api';
import { expectedStatus } from './errors/expected-error.js';
import { recordException } from './errors/record-error.js';
import { resultInRequest } from './results/result-in-request.js';

/**
 * Runs a body that has no span of its own: what it throws is told on a span around it, whose status
 * the protocol decides.
 */
export function tellErrors<T>(span: Span, body: () => T): T {
  const tell = (error: unknown): void => {
    if (span.isRecording() && expectedStatus(error) === undefined) recordException(span, error);
  };
  let result: T;
  try {
    result = body();
  } catch (error) {
    tell(error);
    throw error;
  }
  return resultInRequest(result, tell);
}
