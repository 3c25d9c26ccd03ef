import type { AbstractHttpAdapter } from '@nestjs/core';
import { createRequestHook, type RequestHook } from '../../http/request-hook.js';
import { nameByRoute, nameWithoutRoute } from '../../http/route-hook.js';
import { patch } from '../../span/app/patch.js';
import type { Undo } from '../../span/app/undos.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { traceHttpExceptions } from './trace-http-exceptions.js';

type RouteHook = (method: unknown, path: string) => void;
type Handler = (...args: unknown[]) => unknown;

/** The two hooks that an HTTP adapter has for instrumentation. Each holds one function. */
interface HookedAdapter {
  onRequestHook?: RequestHook | undefined;
  onRouteTriggered?: RouteHook | undefined;
  setOnRequestHook(hook: RequestHook | undefined): void;
  setOnRouteTriggered(hook: RouteHook | undefined): void;
  setNotFoundHandler?(handler: Handler, ...rest: unknown[]): unknown;
}

type OwnHooks = Pick<HookedAdapter, 'onRequestHook' | 'onRouteTriggered'>;

/**
 * Makes the server spans of an app's HTTP adapter, until the app stops. Hooks of the app itself, before or
 * after, run on.
 */
export function traceHttpServer(httpAdapter: AbstractHttpAdapter, app: TracingApp): void {
  const adapter = httpAdapter as unknown as HookedAdapter;
  const { onRequestHook, onRouteTriggered } = adapter;
  // The hooks that the app itself has set, or sets later.
  const own: OwnHooks = { onRequestHook, onRouteTriggered };
  app.onStop(giveBack(new WeakRef(adapter), own));

  const ours = createRequestHook(app);
  adapter.setOnRequestHook((request, response, done) =>
    ours(request, response, () =>
      own.onRequestHook === undefined
        ? done()
        : own.onRequestHook.call(adapter, request, response, done),
    ),
  );
  adapter.setOnRouteTriggered((method, path) => {
    nameByRoute(path);
    own.onRouteTriggered?.(method, path);
  });
  app.onStop(patch(adapter, 'setOnRequestHook', () => (hook) => (own.onRequestHook = hook)));
  app.onStop(patch(adapter, 'setOnRouteTriggered', () => (hook) => (own.onRouteTriggered = hook)));
  if (adapter.setNotFoundHandler !== undefined) {
    app.onStop(
      patch(
        adapter,
        'setNotFoundHandler',
        (set) =>
          (handler, ...rest) =>
            set?.call(adapter, answeredByNoRoute(handler), ...rest),
      ),
    );
  }
  traceHttpExceptions(app);
}

/** A separate function, so that its closure does not hold the app. */
function giveBack(adapter: WeakRef<HookedAdapter>, own: OwnHooks): Undo {
  return () => {
    adapter.deref()?.setOnRequestHook(own.onRequestHook);
    adapter.deref()?.setOnRouteTriggered(own.onRouteTriggered);
  };
}

function answeredByNoRoute(handler: Handler): Handler {
  return (...args) => {
    nameWithoutRoute();
    return handler(...args);
  };
}
