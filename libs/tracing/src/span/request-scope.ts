import { createContextKey, type Context, type Span } from '@opentelemetry/api';
import type { TracingApp } from './tracing-app.js';

/** What is known of the request, call or message that is being answered. */
export interface RequestScope {
  readonly app: TracingApp;
  readonly serverSpan: Span;
  /** The verb that begins the name of the span, where the protocol has one. */
  readonly method?: string;
}

const key = createContextKey('nestjs-tracing.request');

export function withRequestScope(context: Context, scope: RequestScope): Context {
  return context.setValue(key, scope);
}

export function requestScope(context: Context): RequestScope | undefined {
  return context.getValue(key) as RequestScope | undefined;
}
