import type { ArgumentsHost } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { ExternalExceptionsHandler } from '@nestjs/core/exceptions/external-exceptions-handler.js';
import { patch, type Undo } from '../../app/patch.js';
import type { TracingApp } from '../../span/tracing-app.js';
import {
  recordRequestException,
  nameByRoute,
  nameWithoutRoute,
  runForRequest,
  createRequestHook,
  type RequestHook,
} from '../../http/server-request.js';
import { bindAdapter, boundHandler, type Handler } from './http-adapter.js';

/**
 * Records exceptions that reach filters on server spans, until the app stops. All exceptions of HTTP, from
 * routes, middleware and before, pass the method that finds the filter; those of GraphQL's guards and
 * resolvers pass another one.
 */
export function traceHttpExceptions(app: TracingApp): void {
  for (const { prototype } of [ExceptionsHandler, ExternalExceptionsHandler]) {
    const handler = prototype as unknown as { next(...args: unknown[]): unknown };
    app.onStop(
      patch(handler, 'next', (next) => {
        return function (this: unknown, ...args) {
          const [error, host] = args as [unknown, ArgumentsHost | undefined];
          recordRequestException(error, host?.getArgByIndex(0));
          return Reflect.apply(next, this, args);
        };
      }),
    );
  }
}

type RouteHook = (method: unknown, path: string) => void;

/** The two hooks that an HTTP adapter has for instrumentation. Each holds one function. */
interface HookedAdapter {
  onRequestHook?: RequestHook | undefined;
  onRouteTriggered?: RouteHook | undefined;
  setOnRequestHook(hook: RequestHook | undefined): void;
  setOnRouteTriggered(hook: RouteHook | undefined): void;
  setNotFoundHandler?(handler: Handler, ...rest: unknown[]): unknown;
}

type OwnHooks = Pick<HookedAdapter, 'onRequestHook' | 'onRouteTriggered'>;

/** The adapters that are traced: `traceHttpServer` may be called several times per app. */
const tracedAdapters = new WeakSet<object>();

/**
 * Creates the server spans of an app's HTTP adapter until the app stops. Hooks that the app itself sets,
 * before or after, still run.
 */
export function traceHttpServer({ httpAdapter }: HttpAdapterHost, app: TracingApp): void {
  // The adapter of a standalone application is `null`.
  if (!httpAdapter || tracedAdapters.has(httpAdapter)) return;
  tracedAdapters.add(httpAdapter);
  const adapter = httpAdapter as unknown as HookedAdapter;
  bindAdapter(adapter, app);
  const { onRequestHook, onRouteTriggered } = adapter;
  // The hooks that the app itself has set, or sets later.
  const own: OwnHooks = { onRequestHook, onRouteTriggered };
  app.onStop(giveBack(new WeakRef(adapter), own));

  const ours = createRequestHook(app);
  adapter.setOnRequestHook((request, response, done) =>
    ours(request, response, () => {
      if (own.onRequestHook === undefined) return done();
      return own.onRequestHook.call(adapter, request, response, (...args: []) =>
        runForRequest(request, () => done(...args)),
      );
    }),
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
            set?.call(adapter, boundHandler(answeredByNoRoute(handler)), ...rest),
      ),
    );
  }
}

/** A separate function, so that its closure does not hold the app. */
function giveBack(adapter: WeakRef<HookedAdapter>, own: OwnHooks): Undo {
  return () => {
    const target = adapter.deref();
    if (target === undefined) return;
    tracedAdapters.delete(target);
    target.setOnRequestHook(own.onRequestHook);
    target.setOnRouteTriggered(own.onRouteTriggered);
  };
}

function answeredByNoRoute(handler: Handler): Handler {
  return (...args) => {
    nameWithoutRoute();
    return handler(...args);
  };
}
