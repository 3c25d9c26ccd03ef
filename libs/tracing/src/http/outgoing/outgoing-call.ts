import { SpanKind, SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../../span/deferred-span.js';
import { describeError } from '../../span/errors/describe-error.js';
import { recordException } from '../../span/errors/record-error.js';
import { methodName } from '../method-attributes.js';
import type { Caller } from './caller.js';
import { clientAttributes } from './client-attributes.js';
import type { Target } from './target.js';

/**
 * An HTTP call under way, with its client span: that lasts until the response is read, or until there
 * is nothing more to come. The span is not made active: what runs after the call belongs to the caller.
 */
export class OutgoingCall {
  private readonly span: DeferredSpan;
  private isAnswered = false;
  private hasTimedOut = false;
  /** When it became known why it ends, by `performance.now()`: the app was told then. */
  private settledAt: number | undefined;

  constructor(
    readonly caller: Caller,
    method: string,
    target: Target,
  ) {
    const { app, context } = caller;
    this.span = new DeferredSpan({
      app,
      tracer: app.tracer,
      name: methodName(method, app.settings.httpMethods),
      options: {
        kind: SpanKind.CLIENT,
        attributes: clientAttributes(method, target, app.settings),
      },
      parent: context,
    });
  }

  /** The context that the headers carry. */
  get context(): Context {
    return this.span.activate();
  }

  get isRecording(): boolean {
    return this.span.isRecording();
  }

  tell(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  answer(status: number): void {
    this.isAnswered = true;
    this.tell({ 'http.response.status_code': status });
    if (status < 400) return;
    this.span.setAttribute('error.type', String(status));
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  /** The first fault counts. An app that gives up a response which has come has what it wanted. */
  fail(error: unknown): void {
    if (this.settledAt !== undefined) return;
    if (isCancellation(error)) {
      this.cancel();
      return;
    }
    this.recordFailure(error);
    this.settledAt = performance.now();
  }

  private recordFailure(error: unknown): void {
    const { type, message } = describeError(error);
    const code = errorCode(error);
    if (this.isAnswered && code === undefined && type !== 'TimeoutError') return;
    this.span.setAttribute('error.type', code ?? type);
    this.span.setStatus({ code: SpanStatusCode.ERROR, message });
    recordException(this.span, error);
  }

  /** Node has told the app that nothing comes, and the app may give the call up upon it. */
  timeOut(): void {
    this.hasTimedOut = true;
  }

  /** The app does not want the answer any more: by the conventions, that is no error. */
  cancel(): void {
    if (this.settledAt !== undefined) return;
    this.settledAt = performance.now();
    if (!this.hasTimedOut || this.isAnswered) return;
    this.span.setAttribute('error.type', 'timeout');
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (!this.isAnswered && this.settledAt === undefined) {
      this.span.setAttribute('error.type', 'aborted');
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end(this.settledAt);
  }
}

/** By an `AbortSignal`, or by axios: a `HttpService` cancels when its Observable is left. */
function isCancellation(error: unknown): boolean {
  const { type } = describeError(error);
  return type === 'AbortError' || (type === 'CanceledError' && errorCode(error) === 'ERR_CANCELED');
}

/** As `ECONNREFUSED`: it says more than `Error`, and the reason of an app to give up has none. */
function errorCode(error: unknown): string | undefined {
  const code: unknown = Object(error).code;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
