import { SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { methodName } from '../attributes.js';
import { startClientSpan, type Caller } from '../../app/client-span.js';
import { type Patterns, matches } from '../../options/settings.js';
import type { TracingApp } from '../../span/tracing-app.js';
import type { DeferredSpan } from '../../span/deferred-span.js';
import { describeError } from '../../span/errors/describe-error.js';
import { recordException } from '../../span/errors/record-error.js';
import { clientAttributes, type Target } from './target.js';

const calls = new WeakMap<object, ClientCall>();

/** Returns the call of a request that is open and recorded; undefined for any other. */
export function clientCallOf(request: object): ClientCall | undefined {
  return calls.get(request);
}

/**
 * An open HTTP client call with its span, which lasts until the response is read, or until nothing more can
 * arrive. The span is not made active: code that runs after the call belongs to the caller.
 */
export class ClientCall {
  private isAnswered = false;
  private hasTimedOut = false;
  /** When the app learned that the call fails or is canceled, by `performance.now()`. */
  private settledAt: number | undefined;

  /**
   * Registers the call until it ends.
   * @param request the request object, by which later events are matched to the call
   */
  constructor(
    private readonly app: TracingApp,
    private readonly request: object,
    private readonly span: DeferredSpan,
  ) {
    calls.set(request, this);
    app.openSpans.add(this.end, span);
  }

  setAttributes(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  answer(status: number): void {
    this.isAnswered = true;
    this.setAttributes({ 'http.response.status_code': status });
    if (status < 400) return;
    this.span.setAttribute('error.type', String(status));
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  /** Records a failure; the first one counts. A canceled call whose response has arrived is no failure. */
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

  /** Notes that Node emitted `timeout`: the app may cancel the call because of it. */
  timeOut(): void {
    this.hasTimedOut = true;
  }

  /** Notes that the app canceled the call: by the semantic conventions, that is not an error. */
  cancel(): void {
    if (this.settledAt !== undefined) return;
    this.settledAt = performance.now();
    if (!this.hasTimedOut || this.isAnswered) return;
    this.span.setAttribute('error.type', 'timeout');
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  /** Ends the span, once. An open span is ended when the app closes. */
  readonly end = (): void => {
    if (!calls.delete(this.request)) return;
    this.app.openSpans.delete(this.end);
    if (!this.isAnswered && this.settledAt === undefined) {
      this.span.setAttribute('error.type', 'aborted');
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end(this.settledAt);
  };
}

/** Whether an `AbortSignal` or axios canceled: `HttpService` does when its Observable is unsubscribed. */
function isCancellation(error: unknown): boolean {
  const { type } = describeError(error);
  return type === 'AbortError' || (type === 'CanceledError' && errorCode(error) === 'ERR_CANCELED');
}

/** Returns the code of an error, such as `ECONNREFUSED`, which says more than the type `Error`. */
function errorCode(error: unknown): string | undefined {
  const code: unknown = Object(error).code;
  return typeof code === 'string' && code !== '' ? code : undefined;
}

/** A request before it is sent. */
export interface ClientRequest {
  readonly method: string;
  readonly target: Target;
  /** Whether only the context is propagated. */
  readonly isWithoutSpan?: boolean;
  setHeader(key: string, value: string): void;
}

/**
 * Starts the client span of a request and sets its headers. If nothing is recorded, the context of the
 * caller is propagated.
 *
 * @param request the request object, by which later events are matched to the call
 */
export function beginClientCall(
  caller: Caller,
  request: object,
  { method, target, isWithoutSpan, setHeader }: ClientRequest,
): void {
  const { app } = caller;
  const { span, carried } = isWithoutSpan
    ? { span: undefined, carried: caller.context }
    : startClientSpan(caller, () => ({
        name: methodName(method, app.settings.httpMethods),
        attributes: () => [clientAttributes(method, target, app.settings)],
      }));
  if (isPropagatedTo(target, app.settings.propagateTo)) {
    app.propagator.inject(carried, undefined, { set: (_, key, value) => setHeader(key, value) });
  }
  if (span?.isRecording() === true) void new ClientCall(app, request, span);
}

/** Whether the context is propagated to a host (`propagateTo`). */
function isPropagatedTo({ host, port }: Target, propagateTo: Patterns | undefined): boolean {
  return (
    propagateTo === undefined ||
    matches(host, propagateTo) ||
    matches(`${host}:${port}`, propagateTo)
  );
}
