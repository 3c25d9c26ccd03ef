import type { HttpAdapterHost } from '@nestjs/core';
import { runForRequest } from '../../http/request-context.js';
import { createRequestHook, type RequestHook } from '../../http/request-hook.js';
import { nameByRoute, nameWithoutRoute } from '../../http/route-hook.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { bindAdapter, type Handler } from './bind-http-adapter.js';
import { traceHttpExceptions } from './trace-http-exceptions.js';

type RouteHook = (method: unknown, path: string) => void;

/** The two hooks that an HTTP adapter has for instrumentation. Each holds one function. */
interface HookedAdapter {
  onRequestHook?: RequestHook;
  onRouteTriggered?: RouteHook;
  setOnRequestHook(hook: RequestHook): void;
  setOnRouteTriggered(hook: RouteHook): void;
  setNotFoundHandler?(handler: Handler, ...rest: unknown[]): unknown;
}

/** The adapters that are traced: an app may be asked for its adapter more than once. */
const tracedAdapters = new WeakSet<object>();

/**
 * Makes the server spans of an app's HTTP adapter, from the moment on when the app has it. Hooks of the
 * app itself, before or after, run on.
 */
export function traceHttpServer({ httpAdapter }: HttpAdapterHost, app: TracingApp): void {
  // A standalone application has `null` for one.
  if (!httpAdapter || tracedAdapters.has(httpAdapter)) return;
  tracedAdapters.add(httpAdapter);
  const adapter = httpAdapter as unknown as HookedAdapter;
  bindAdapter(adapter);
  let { onRequestHook: appRequestHook, onRouteTriggered: appRouteHook } = adapter;

  const ours = createRequestHook(app);
  adapter.setOnRequestHook((request, response, done) =>
    ours(request, response, () => {
      if (appRequestHook === undefined) return done();
      return appRequestHook.call(adapter, request, response, (...args: []) =>
        runForRequest(request, () => done(...args)),
      );
    }),
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
