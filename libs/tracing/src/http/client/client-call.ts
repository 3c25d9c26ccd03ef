import { SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { methodName } from '../attributes.js';
import { startClientSpan, type Caller } from '../../app/client-span.js';
import type { Patterns } from '../../options/settings.js';
import type { TracingApp } from '../../span/tracing-app.js';
import type { DeferredSpan } from '../../span/deferred-span.js';
import { describeError } from '../../span/errors/describe-error.js';
import { recordException } from '../../span/errors/record-error.js';
import { matches } from '../../span/matches.js';
import { clientAttributes, type Target } from './target.js';

const calls = new WeakMap<object, ClientCall>();

/** The call of a request that is under way and recorded. */
export function clientCallOf(request: object): ClientCall | undefined {
  return calls.get(request);
}

/**
 * An HTTP call under way, with its client span: that lasts until the response is read, or until there
 * is nothing more to come. The span is not made active: what runs after the call belongs to the caller.
 */
export class ClientCall {
  private isAnswered = false;
  private hasTimedOut = false;
  /** When it became known why it ends, by `performance.now()`: the app was told then. */
  private settledAt: number | undefined;

  /** @param request what stands for the call in what is told of it later */
  constructor(
    private readonly app: TracingApp,
    private readonly request: object,
    private readonly span: DeferredSpan,
  ) {
    if (!span.isRecording()) return;
    calls.set(request, this);
    app.openSpans.add(this.end);
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

  /** Ends the span, once; at the latest it ends with the app. */
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

/** A request before it is sent. */
export interface ClientRequest {
  readonly method: string;
  readonly target: Target;
  /** Whether it is only to carry the context. */
  readonly isWithoutSpan?: boolean;
  setHeader(key: string, value: string): void;
}

/**
 * Begins the client span of a request and gives the request its headers. Where nothing is recorded, the
 * context of the caller is carried on as it is.
 *
 * @param request what stands for it in what is told of it later
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
        attributes: clientAttributes(method, target, app.settings),
      }));
  if (isMeant(target, app.settings.propagateTo)) {
    app.propagator.inject(carried, undefined, { set: (_, key, value) => setHeader(key, value) });
  }
  if (span !== undefined) void new ClientCall(app, request, span);
}

/** Whether a host gets the context (`propagateTo`). */
function isMeant({ host, port }: Target, propagateTo: Patterns | undefined): boolean {
  return (
    propagateTo === undefined ||
    matches(host, propagateTo) ||
    matches(`${host}:${port}`, propagateTo)
  );
}
