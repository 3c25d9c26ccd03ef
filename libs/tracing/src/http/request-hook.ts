import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { DeferredSpan } from '../span/deferred-span.js';
import { extractContext } from '../span/incoming/extract-context.js';
import { incoming } from '../span/incoming/incoming.js';
import { ignoredScope, withRequestScope, type RequestScope } from '../span/app/request-scope.js';
import { runningApps } from '../span/app/running-apps.js';
import type { TracingApp } from '../span/tracing-app.js';
import { endWithResponse } from './end-with-response.js';
import { headerGetter } from './header-getter.js';
import { requestAttributes } from './http-attributes.js';
import { rawRequest, rawResponse, type Wrapped } from './http-request.js';
import { isIgnored } from './is-ignored.js';
import { methodName } from './method-attributes.js';
import { bindRequest, keepApp } from './request-context.js';

export type RequestHook = (
  request: Wrapped<IncomingMessage>,
  response: Wrapped<ServerResponse>,
  done: () => void,
) => void;

/**
 * The hook of Nest's HTTP adapter that runs before everything else: it starts the server span and
 * makes it active in middleware, guards, interceptors, pipes, handler and filters (rule 10).
 */
export function createRequestHook(app: TracingApp): RequestHook {
  return (wrappedRequest, wrappedResponse, done) => {
    const request = rawRequest(wrappedRequest);
    const response = rawResponse(wrappedResponse);
    if (runningApps.only !== app) keepApp(response, app);
    const own = contextOfRequest(app, request, response, wrappedRequest);
    if (own === undefined) return done();
    bindRequest(request, response, own);
    return context.with(own, done);
  };
}

/** Undefined where nothing came in and nothing is recorded: there is nothing to carry (rule 26). */
function contextOfRequest(
  app: TracingApp,
  request: IncomingMessage,
  response: ServerResponse,
  wrappedRequest: Wrapped<IncomingMessage>,
): Context | undefined {
  const method = methodName(request.method, app.settings.httpMethods);
  const theirs = serverSpanOfOthers(app);
  if (theirs !== undefined) {
    return withRequestScope(context.active(), { app, serverSpan: theirs, method });
  }
  const extracted = extractContext(app.propagator, ROOT_CONTEXT, request.headers, headerGetter);
  const { parent, links } = incoming(app, extracted, () => wrappedRequest);
  if (parent === ROOT_CONTEXT && !app.recordsRoots) return undefined;
  if (isIgnored(request, app.settings)) return ignoredScope(app, parent);

  // The route is not known yet: it names the span when the router has found it.
  const span = new DeferredSpan({
    app,
    tracer: app.tracer,
    name: method,
    options: {
      kind: SpanKind.SERVER,
      attributes: requestAttributes(request, wrappedRequest, app.settings),
      links,
    },
    parent,
  });
  const scope: RequestScope = { app, serverSpan: span, method, isOurs: true };
  if (span.isRecording()) endWithResponse(request, response, scope);
  return withRequestScope(span.activate(), scope);
}

/** The server span that an instrumentation of others has made, maybe for a provider that is not ours. */
function serverSpanOfOthers({ isGuest }: TracingApp): Span | undefined {
  const active = context.active();
  if (active === ROOT_CONTEXT) return undefined;
  return getRPCMetadata(active)?.span ?? (isGuest ? trace.getSpan(active) : undefined);
}
