import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { DeferredSpan } from '../span/deferred-span.js';
import { extractContext } from '../span/extract-context.js';
import { ignoredContext } from '../span/ignored-context.js';
import { matches } from '../span/matches.js';
import { withRequestScope } from '../span/request-scope.js';
import type { TracingApp } from '../span/tracing-app.js';
import { headerGetter } from './header-getter.js';
import { requestAttributes } from './http-attributes.js';
import { pathOf, rawRequest, rawResponse, type Wrapped } from './http-request.js';

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
    const theirs = app.isGuest ? serverSpanOfOthers() : undefined;
    if (theirs !== undefined) {
      const scope = { app, serverSpan: theirs, method: request.method };
      return context.with(withRequestScope(context.active(), scope), done);
    }
    const parent = extractContext(app.propagator, ROOT_CONTEXT, request.headers, headerGetter);
    // Nothing came in and nothing is recorded: there is nothing to carry (rule 26).
    if (parent === ROOT_CONTEXT && !app.recordsRoots) return done();
    if (isIgnored(request, app)) return context.with(ignoredContext(parent), done);

    // The route is not known yet: it names the span when the router has found it.
    const method = request.method ?? 'HTTP';
    const span = new DeferredSpan({
      app,
      tracer: app.tracer,
      name: method,
      options: { kind: SpanKind.SERVER, attributes: requestAttributes(request) },
      parent,
    });
    if (span.isRecording()) endWith(rawResponse(wrappedResponse), span);
    const scope = withRequestScope(span.activate(), { app, serverSpan: span, method });
    return context.with(scope, done);
  };
}

/** The server span that an instrumentation has made whose provider was there before us. */
function serverSpanOfOthers(): Span | undefined {
  return getRPCMetadata(context.active())?.span ?? trace.getActiveSpan();
}

function isIgnored(request: IncomingMessage, { settings }: TracingApp): boolean {
  if (matches(pathOf(request), settings.ignore.http)) return true;
  const agent = request.headers['user-agent'];
  return agent !== undefined && settings.ignore.userAgents.some((one) => agent.startsWith(one));
}

/** The response closes once it is sent, and also when the client has gone before. */
function endWith(response: ServerResponse, span: Span): void {
  response.once('close', () => {
    const status = response.statusCode;
    if (response.headersSent) span.setAttribute('http.response.status_code', status);
    if (!response.writableFinished) {
      span.setAttribute('error.type', 'aborted');
    } else if (status >= 500) {
      span.setAttribute('error.type', String(status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  });
}
