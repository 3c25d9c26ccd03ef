import {
  context,
  createContextKey,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { ignoredContext } from '../incoming/ignored-context.js';
import type { TracingApp } from '../tracing-app.js';

/** What is known of the request, call or message that is being answered. */
export interface RequestScope {
  readonly app: TracingApp;
  readonly serverSpan: Span;
  /** The verb that begins the name of the span, where the protocol has one. */
  readonly method?: string;
  /** Whether we end the span: it may be somebody else's. */
  readonly isOurs?: boolean;
  /** The route that the router found. */
  route?: string | undefined;
  /** What was thrown last that is no object, and that a span has told. */
  toldValue?: { readonly value: unknown };
  /** The type of what the exception filters had to answer, unless it was expected. */
  errorType?: string;
  /** What the exception filters of a call or a message had to answer last. */
  thrown?: ThrownError;
}

const key = createContextKey('nestjs-tracing.request');

/** What is kept of an error that was thrown. */
export interface ThrownError {
  readonly type: string;
  /** Whether it is no fault of the server (rule 4). */
  readonly isExpected: boolean;
  /** The gRPC code that the error itself names. */
  readonly grpcCode: number | undefined;
}

export function withRequestScope(context: Context, scope: RequestScope): Context {
  return context.setValue(key, scope);
}

export function requestScope(context: Context): RequestScope | undefined {
  return context.getValue(key) as RequestScope | undefined;
}

/** The context of an ignored request, in which nothing is recorded (rule 29). */
export function ignoredScope(app: TracingApp, parent: Context): Context {
  const ignored = ignoredContext(parent);
  // An ignored context holds the ids that the next services get.
  return withRequestScope(ignored, { app, serverSpan: trace.getSpan(ignored) as Span });
}

/**
 * Runs something that belongs to a request in the context of that request.
 *
 * Callbacks of shared connections, pools, timers and batches come back in the context of whoever opened
 * or filled those, so the active context may belong to another request, or to none (rule 31). A context
 * that was derived from that of the request stays active, with everything the app has put into it.
 *
 * @param own the context of the request; undefined where nothing is recorded or carried for it
 */
export function runInRequest<T>(own: Context | undefined, run: () => T): T {
  const active = context.active();
  const isActive = requestScope(active) === (own && requestScope(own));
  return isActive ? run() : context.with(own ?? ROOT_CONTEXT, run);
}
