import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { describeError } from '../span/errors/describe-error.js';
import { isServerFault } from '../span/errors/expected-error.js';

/**
 * Marks a span with the error that a message was answered with: what Nest's filters made of what was
 * thrown, so it is not told again. A gRPC code that is no server fault is no ERROR (rule 4).
 */
export function failMessage(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (typeof code === 'number' && code > 0 && code <= 16) {
    span.setAttribute('rpc.grpc.status_code', code);
    if (!isServerFault(code)) return;
  }
  const described = describeError(error);
  span.setAttribute('error.type', described.type);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: typeof message === 'string' ? message : described.message,
  });
}
