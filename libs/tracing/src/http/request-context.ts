import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '@opentelemetry/api';
import { requestScope, runInRequest, type RequestScope } from '../span/app/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';

/** The contexts of the requests that are being answered, by their raw requests and responses. */
const contexts = new WeakMap<object, Context>();

/**
 * Binds a request and its response to the context of the request: whoever holds one of the two finds
 * the context by it, and the listeners of their events run in it. Node emits those events outside of
 * the context in which the listeners were added.
 */
export function bindRequest(
  request: IncomingMessage,
  response: ServerResponse,
  own: Context,
): void {
  for (const emitter of [request, response]) {
    contexts.set(emitter, own);
    bindEvents(emitter, own);
  }
}

function bindEvents(emitter: EventEmitter, own: Context): void {
  const { emit } = emitter;
  Object.defineProperty(emitter, 'emit', {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]): unknown {
      return runInRequest(own, () => Reflect.apply(emit, this, args));
    },
  });
}

/** Runs what a framework calls for a request in the context of that request (rule 31). */
export function runForRequest<T>(request: unknown, run: () => T): T {
  return runInRequest(contextOf(request), run);
}

/** The scope of the request that a request or response object belongs to. */
export function requestScopeOf(object: unknown): RequestScope | undefined {
  const own = contextOf(object);
  return own && requestScope(own);
}

/** Which app answers a request, where several run and nothing else tells. */
const apps = new WeakMap<object, TracingApp>();

export function keepApp(response: object, app: TracingApp): void {
  apps.set(response, app);
}

/** The app that answers a request, where it is known. */
export function appOfResponse(response: unknown): TracingApp | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  return apps.get(response) ?? requestScopeOf(response)?.app;
}

/** @param object a request or response of Node, or one of Fastify's, which wraps that */
function contextOf(object: unknown): Context | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  const own = contexts.get(object);
  if (own !== undefined || !('raw' in object)) return own;
  return typeof object.raw === 'object' && object.raw !== null
    ? contexts.get(object.raw)
    : undefined;
}
