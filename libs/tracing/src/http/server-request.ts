import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, type Context, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { runningApps } from '../app/running-apps.js';
import { startServerSpan } from '../app/server-span.js';
import { type Settings, matches } from '../options/settings.js';
import { describeError, expectedStatus } from '../span/errors/describe-error.js';
import { recordException } from '../span/errors/record-error.js';
import { isInRequest, runInRequest } from '../span/request-scope.js';
import { requestScope, type RequestScope, withRequestScope } from '../span/scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import {
  pathOf,
  headerGetter,
  requestAttributes,
  rawRequest,
  rawResponse,
  type Wrapped,
  methodName,
} from './attributes.js';
import { endWithResponse } from './response-end.js';

/**
 * Names the server span by the matched route, such as `GET /orders/:id` (rule 10). The attribute is set
 * when the request ends: the route may turn out to be for another host or version, and an attribute
 * cannot be removed.
 */
export function nameByRoute(route: string): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || !request.serverSpan.isRecording()) return;
  request.serverSpan.updateName(`${request.method} ${route}`);
  if (request.isOurs === true) request.route = route;
  else request.serverSpan.setAttribute('http.route', route);
}

/** Removes the route from the name of the server span, because no route handled the request. */
export function nameWithoutRoute(): void {
  const request = requestScope(context.active());
  if (request?.method === undefined || request.route === undefined) return;
  request.serverSpan.updateName(request.method);
  request.route = undefined;
}

/**
 * Records an error that reached the exception filters on the server span: errors of guards, pipes,
 * interceptors and middleware have no other span (rule 3). An error that another span has recorded is not
 * recorded again.
 *
 * @param handled the request object, if it is known
 */
export function recordRequestException(error: unknown, handled: unknown): void {
  const request = requestScopeOf(handled) ?? requestScope(context.active());
  if (request === undefined || !request.serverSpan.isRecording()) return;
  if (expectedStatus(error) !== undefined || isClientError(error)) return;
  request.errorType = describeError(error).type;
  const { recordedValue } = request;
  if (recordedValue === undefined || !Object.is(recordedValue.value, error)) {
    recordException(request.serverSpan, error);
  }
}

/** Whether a body parser (`http-errors`, Fastify) threw for a body too large, cut off or malformed. */
function isClientError(error: unknown): boolean {
  const { statusCode, expose, code } = Object(error) as Record<string, unknown>;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return false;
  return typeof expose === 'boolean' || (typeof code === 'string' && code.startsWith('FST_'));
}

/** Whether a request gets no span (rule 29). */
function isIgnored(request: IncomingMessage, { ignore }: Pick<Settings, 'ignore'>): boolean {
  if (matches(pathOf(request), ignore.http)) return true;
  const agent = request.headers['user-agent'];
  return agent !== undefined && ignore.userAgents.some((one) => agent.startsWith(one));
}

/** Whether a response, as pino-http logs it, is the successful response to an ignored request. */
export function isIgnoredSuccess(response: unknown, settings: Pick<Settings, 'ignore'>): boolean {
  if (typeof response !== 'object' || response === null) return false;
  if (requestScopeOf(response)?.isOurs === true) return false; // it was forced
  const { req, statusCode, errored, err } = response as Partial<ServerResponse> & { err?: unknown };
  const isFailure = statusCode === undefined || statusCode >= 500 || Boolean(errored ?? err);
  return !isFailure && req?.headers !== undefined && isIgnored(req, settings);
}

/**
 * An HTTP request that is being handled. Its fields are private, since it is a property of the request and
 * the response: a logger that prints those, or copies all they hold, must not find the app (rule 37).
 */
class ServerRequest {
  readonly #app: TracingApp;
  readonly #scope: Context | undefined;

  constructor(app: TracingApp, scope: Context | undefined) {
    this.#app = app;
    this.#scope = scope;
  }

  static is(value: unknown): value is ServerRequest {
    return typeof value === 'object' && value !== null && #app in value;
  }

  get app(): TracingApp {
    return this.#app;
  }

  /** The context of the request; undefined if nothing is recorded or propagated for it. */
  get scope(): Context | undefined {
    return this.#scope;
  }
}

/** The key under which the request and response objects of Node hold the `ServerRequest`. */
const requestKey = Symbol('nestjs-tracing.request');

interface HoldsRequest {
  [requestKey]?: unknown;
  readonly raw?: HoldsRequest | null;
}

/** @param object a request or response of Node, or of Fastify, which wraps that of Node */
function serverRequestOf(object: unknown): ServerRequest | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  try {
    const holder: HoldsRequest = object;
    const held = holder[requestKey] ?? holder.raw?.[requestKey];
    return ServerRequest.is(held) ? held : undefined;
  } catch {
    return undefined; // an object with a getter or a proxy that throws is no request
  }
}

/** Runs a callback of the framework in the context of its request (rule 31). */
export function runForRequest<T>(request: unknown, run: () => T): T {
  return runInRequest(serverRequestOf(request)?.scope, run);
}

/** Returns the scope of the request to which a request or response object belongs. */
export function requestScopeOf(object: unknown): RequestScope | undefined {
  const scope = serverRequestOf(object)?.scope;
  return scope && requestScope(scope);
}

/** Returns the app that handles the request of a response; undefined if unknown. */
export function appOfResponse(response: unknown): TracingApp | undefined {
  return serverRequestOf(response)?.app;
}

export type RequestHook = (
  request: Wrapped<IncomingMessage>,
  response: Wrapped<ServerResponse>,
  done: () => void,
) => void;

/**
 * Creates the request hook of Nest's HTTP adapter, which runs before everything else. It starts the server
 * span and makes it active in middleware, guards, interceptors, pipes, handler and filters (rule 10).
 *
 * The context is stored by the request and the response, and listeners of their events run in it: Node
 * emits these events outside of the context in which the listeners were added.
 */
export function createRequestHook(app: TracingApp): RequestHook {
  return (wrappedRequest, wrappedResponse, done) => {
    const request = rawRequest(wrappedRequest);
    const response = rawResponse(wrappedResponse);
    const scope = startRequest(app, request, response, wrappedRequest);
    if (scope === undefined && runningApps.only === app) return done();
    const serverRequest = new ServerRequest(app, scope);
    (request as HoldsRequest)[requestKey] = serverRequest;
    (response as HoldsRequest)[requestKey] = serverRequest;
    if (scope === undefined) return done();
    bindEvents(request, scope);
    bindEvents(response, scope);
    return context.with(scope, done);
  };
}

/** Undefined if the caller sent no context and nothing is recorded: nothing to propagate (rule 26). */
function startRequest(
  app: TracingApp,
  request: IncomingMessage,
  response: ServerResponse,
  wrappedRequest: Wrapped<IncomingMessage>,
): Context | undefined {
  const method = methodName(request.method, app.settings.httpMethods);
  const existing = thirdPartyServerSpan(app);
  if (existing !== undefined) {
    return withRequestScope(context.active(), { app, serverSpan: existing, method });
  }
  const call = startServerSpan(app, {
    carrier: request.headers,
    getter: headerGetter,
    publicEndpointArgument: () => wrappedRequest,
    isIgnored: () => isIgnored(request, app.settings),
    // The route is not known yet: the span is renamed when the router has matched it.
    name: method,
    method,
    attributes: () => requestAttributes(request, wrappedRequest, app.settings),
  });
  if (call?.request !== undefined && call.span?.isRecording() === true) {
    endWithResponse(request, response, call.request);
  }
  return call?.scope;
}

function bindEvents(emitter: EventEmitter, scope: Context): void {
  const { emit } = emitter;
  emitter.emit = function (this: unknown, ...args: unknown[]): boolean {
    return isInRequest(scope)
      ? Reflect.apply(emit, this, args)
      : context.with(scope, () => Reflect.apply(emit, this, args));
  } as typeof emit;
}

/** Returns the active server span of a third-party instrumentation, possibly of an external provider. */
function thirdPartyServerSpan({ hasExternalProvider }: TracingApp): Span | undefined {
  const active = context.active();
  if (active === ROOT_CONTEXT) return undefined;
  return getRPCMetadata(active)?.span ?? (hasExternalProvider ? trace.getSpan(active) : undefined);
}
