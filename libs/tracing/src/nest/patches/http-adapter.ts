import { copyMethodMetadata, type Method } from '../decorators/copy-method-metadata.js';
import { patch } from '../../app/patch.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { runForRequest } from '../../http/server-request.js';

export type Handler = (...args: unknown[]) => unknown;

type Register = (...args: unknown[]) => unknown;

/** By these methods an adapter registers what runs for a request: middleware and the handlers of routes. */
const registering = [
  'use',
  'get',
  'post',
  'head',
  'delete',
  'put',
  'patch',
  'propfind',
  'proppatch',
  'mkcol',
  'copy',
  'move',
  'lock',
  'unlock',
  'all',
  'search',
  'query',
  'options',
  'setErrorHandler',
] as const;

type Adapter = Record<string, Register | undefined> & {
  createMiddlewareFactory?: (method: unknown) => Register | Promise<Register>;
};

/**
 * Makes everything that an HTTP adapter registers from now on, until the app stops, run in the context of
 * the request that it is given: `next` may have been called from a callback that came back in another
 * context, as those of session stores and pools do (rule 31).
 */
export function bindAdapter(target: object, app: TracingApp): void {
  const adapter = target as Adapter;
  for (const name of registering) {
    if (adapter[name] === undefined) continue;
    app.onStop(
      patch(
        adapter,
        name,
        (register) =>
          (...args: unknown[]) =>
            register?.apply(adapter, args.map(bound)),
      ),
    );
  }
  if (adapter.createMiddlewareFactory === undefined) return;
  app.onStop(
    patch(adapter, 'createMiddlewareFactory', (create) => (method: unknown) => {
      const factory = create?.call(adapter, method) as Register | Promise<Register>;
      return factory instanceof Promise ? factory.then(boundFactory) : boundFactory(factory);
    }),
  );
}

function boundFactory(factory: Register): Register {
  return (...args) => factory(...args.map(bound));
}

/** Paths and options stay as they are. */
function bound(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(bound);
  if (typeof argument !== 'function') return argument;
  // Express asks a router or an app that it mounts for more than to be called.
  if ('handle' in argument) return [enter, argument];
  return argument.length === 4 ? boundErrorHandler(argument) : boundHandler(argument);
}

function enter(request: unknown, _response: unknown, next: () => void): void {
  runForRequest(request, next);
}

/** Frameworks know an error handler by its four parameters. */
function boundErrorHandler(handler: Function): Function {
  const replacement: Method = function (this: unknown, ...args) {
    return runForRequest(args[1], () => Reflect.apply(handler, this, args));
  };
  return copyMethodMetadata(replacement, handler);
}

/** Adapters read options of a route from its handler, as the version. */
export function boundHandler(handler: Function): Handler {
  const replacement: Method = function (this: unknown, ...args) {
    return runForRequest(args[0], () => Reflect.apply(handler, this, args));
  };
  return copyMethodMetadata(replacement, handler);
}
