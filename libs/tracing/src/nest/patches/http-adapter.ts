import { copyMethodMetadata, type Method } from '../decorators/copy-method-metadata.js';
import { patch } from '../../app/patch.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { runForRequest } from '../../http/server-request.js';

export type Handler = (...args: unknown[]) => unknown;

type Register = (...args: unknown[]) => unknown;

/** The methods by which an adapter registers middleware and route handlers. */
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
 * Runs all functions that an HTTP adapter registers, from now on until the app stops, in the context of the
 * request that they are called with: `next` may be called from a callback in another context, such as that
 * of a session store or a pool (rule 31).
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

/** Binds functions among the arguments. Paths and options are not changed. */
function bound(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(bound);
  if (typeof argument !== 'function') return argument;
  // Express uses other members of a mounted router or app, so it cannot be wrapped.
  if ('handle' in argument) return [enter, argument];
  return argument.length === 4 ? boundErrorHandler(argument) : boundHandler(argument);
}

function enter(request: unknown, _response: unknown, next: () => void): void {
  runForRequest(request, next);
}

/** Binds an error handler. It keeps its four parameters, by which frameworks recognize it. */
function boundErrorHandler(handler: Function): Function {
  const replacement: Method = function (this: unknown, ...args) {
    return runForRequest(args[1], () => Reflect.apply(handler, this, args));
  };
  return copyMethodMetadata(replacement, handler);
}

/** Binds a handler. Its properties are copied: adapters read options of the route there, like the version. */
export function boundHandler(handler: Function): Handler {
  const replacement: Method = function (this: unknown, ...args) {
    return runForRequest(args[0], () => Reflect.apply(handler, this, args));
  };
  return copyMethodMetadata(replacement, handler);
}
