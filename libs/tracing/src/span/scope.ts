import { createContextKey, type Context, type Span } from '@opentelemetry/api';
import { sharedName } from './process-state.js';
import type { TracingApp } from './tracing-app.js';

/** The state of the request, call or message that is being handled. */
export interface RequestScope {
  readonly app: TracingApp;
  readonly serverSpan: Span;
  /** The method that starts the name of the span, such as `GET`, if the protocol has one. */
  readonly method?: string | undefined;
  /** Whether this library ends the span: it may belong to a third-party instrumentation. */
  readonly isOurs?: boolean;
  /** The route that matched. */
  route?: string | undefined;
  /** The last thrown value that is not an object and was recorded on a span. */
  recordedValue?: { readonly value: unknown };
  /** The type of the error that reached the exception filters, unless it was expected. */
  errorType?: string;
  /** The last error that reached the exception filters of a call or a message. */
  thrown?: ThrownError;
}

/** Describes an error that was thrown, without keeping the error. */
export interface ThrownError {
  readonly type: string;
  /** Whether it is not an error of the server (rule 4). */
  readonly isExpected: boolean;
  /** The gRPC code that the error itself contains. */
  readonly grpcCode: number | undefined;
}

/** The key under which the OpenTelemetry API stores the active span. The API does not export it. */
const spanKey = createContextKey('OpenTelemetry Context Key SPAN');
const requestKey = createContextKey(sharedName('request'));

/**
 * A context that holds the active span and the current request in fields. The contexts of the OpenTelemetry
 * API copy a `Map` for each value that is set; this one does so only for the values of others.
 */
class Scope implements Context {
  constructor(
    private readonly others: Context,
    private readonly span: unknown,
    private readonly request: unknown,
  ) {}

  getValue(key: symbol): unknown {
    if (key === spanKey) return this.span;
    if (key === requestKey) return this.request;
    return this.others.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === spanKey) return new Scope(this.others, value, this.request);
    if (key === requestKey) return new Scope(this.others, this.span, value);
    return new Scope(this.others.setValue(key, value), this.span, this.request);
  }

  deleteValue(key: symbol): Context {
    if (key === spanKey || key === requestKey) return this.setValue(key, undefined);
    return new Scope(this.others.deleteValue(key), this.span, this.request);
  }

  static from(context: Context): Scope {
    if (context instanceof Scope) return context;
    return new Scope(context, context.getValue(spanKey), context.getValue(requestKey));
  }
}

/** Returns a context in which a span is active, like `trace.setSpan()`. */
export function withSpan(context: Context, span: Span): Context {
  return Scope.from(context).setValue(spanKey, span);
}

/** Returns a context in which a request is handled. */
export function withRequestScope(context: Context, request: RequestScope): Context {
  return Scope.from(context).setValue(requestKey, request);
}

/** Returns the request that is handled in a context. */
export function requestScope(context: Context): RequestScope | undefined {
  return context.getValue(requestKey) as RequestScope | undefined;
}
