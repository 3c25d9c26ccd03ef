import { types } from 'node:util';
import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { describeError } from '../span/errors/describe-error.js';
import { isServerFault } from '../span/errors/expected-error.js';

/**
 * Marks a span with the error that a message was answered with: what Nest's filters made of what was
 * thrown, so it is not told again. A gRPC code that is no server fault is no ERROR (rule 4).
 *
 * @param thrownType the type of what was thrown, where that is known: the answer is what the wire
 *   makes of it, and only a real error has a type of its own
 */
export function failMessage(span: Span, error: unknown, thrownType?: string): void {
  if (!span.isRecording()) return;
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code === 'number' && code > 0 && code <= 16) {
    span.setAttribute('rpc.grpc.status_code', code);
    if (!isServerFault(code)) return;
  }
  const described = describeError(error);
  const type = thrownType ?? (isError(error) ? described.type : undefined);
  if (type !== undefined) span.setAttribute('error.type', type);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: typeof message === 'string' ? message : described.message,
  });
}

function isError(value: unknown): boolean {
  return value instanceof Error || types.isNativeError(value);
}
