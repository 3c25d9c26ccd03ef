import type { Span } from '@opentelemetry/api';
import { appOfSpan } from '../span/app/current-app.js';
import type { TracingApp } from '../span/tracing-app.js';

const spans = new WeakMap<object, Span>();
const apps = new WeakMap<object, TracingApp>();

/** Keeps in mind the span of the request that a response answers. */
export function keepServerSpan(response: object, span: Span): void {
  spans.set(response, span);
}

/** The span of the request that a response answers; undefined for anything else. */
export function serverSpanOf(response: unknown): Span | undefined {
  return typeof response === 'object' && response !== null ? spans.get(response) : undefined;
}

/** Remembers which app answers a request. Only needed if several apps run. */
export function keepApp(response: object, app: TracingApp): void {
  apps.set(response, app);
}

/** The app that has made a response, if it is known. */
export function appOfResponse(response: unknown): TracingApp | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  return apps.get(response) ?? appOfSpan(spans.get(response));
}
