import type { AbstractHttpAdapter } from '@nestjs/core';
import { createRequestHook, type RequestHook } from '../../http/request-hook.js';
import { nameByRoute, nameWithoutRoute } from '../../http/route-hook.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { traceHttpExceptions } from './trace-http-exceptions.js';

type RouteHook = (method: unknown, path: string) => void;
type Handler = (...args: unknown[]) => unknown;

/** The two hooks that an HTTP adapter has for instrumentation. Each holds one function. */
interface HookedAdapter {
  onRequestHook?: RequestHook;
  onRouteTriggered?: RouteHook;
  setOnRequestHook(hook: RequestHook): void;
  setOnRouteTriggered(hook: RouteHook): void;
  setNotFoundHandler?(handler: Handler, ...rest: unknown[]): unknown;
}

/** Makes the server spans of an app's HTTP adapter. Hooks of the app itself, before or after, run on. */
export function traceHttpServer(httpAdapter: AbstractHttpAdapter, app: TracingApp): void {
  const adapter = httpAdapter as unknown as HookedAdapter;
  let { onRequestHook: appRequestHook, onRouteTriggered: appRouteHook } = adapter;

  const ours = createRequestHook(app);
  adapter.setOnRequestHook((request, response, done) =>
    ours(request, response, () =>
      appRequestHook === undefined ? done() : appRequestHook.call(adapter, request, response, done),
    ),
  );
  adapter.setOnRouteTriggered((method, path) => {
    nameByRoute(path);
    appRouteHook?.(method, path);
  });
  const { setNotFoundHandler } = adapter;
  if (setNotFoundHandler !== undefined) {
    adapter.setNotFoundHandler = (handler, ...rest) =>
      setNotFoundHandler.call(adapter, answeredByNoRoute(handler), ...rest);
  }
  adapter.setOnRequestHook = (hook) => {
    appRequestHook = hook;
  };
  adapter.setOnRouteTriggered = (hook) => {
    appRouteHook = hook;
  };
  traceHttpExceptions();
}

function answeredByNoRoute(handler: Handler): Handler {
  return (...args) => {
    nameWithoutRoute();
    return handler(...args);
  };
}
