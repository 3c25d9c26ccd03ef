import { AsyncResource } from 'node:async_hooks';
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { requestScope, type RequestScope } from './scope.js';

/**
 * Runs a function that belongs to a request in the context of that request.
 *
 * Callbacks of shared connections, pools, timers and batches run in the context that opened or filled
 * those, so the active context may belong to another request, or to none (rule 31). A context derived
 * from that of the request stays active, with all values that the app has set in it.
 *
 * @param own the context of the request; undefined if nothing is recorded or propagated for it
 */
export function runInRequest<T>(own: Context | undefined, run: () => T): T {
  return isInRequest(own) ? run() : context.with(own ?? ROOT_CONTEXT, run);
}

/** Whether the active context belongs to a request, or to none if `own` is undefined. */
export function isInRequest(own: Context | undefined): boolean {
  return requestScope(context.active()) === (own && requestScope(own));
}

/**
 * Restores a request for a callback that runs elsewhere: in a pool, a batch or another request. The values
 * of every `AsyncLocalStorage` are restored too, such as the logger of the request.
 */
export class RequestEntry {
  /** Does what `AsyncLocalStorage.snapshot()` does, which takes fifty times as long. */
  private readonly resource = new AsyncResource('nestjs-tracing.request');

  private constructor(
    private readonly scope: Context,
    private readonly request: unknown,
  ) {}

  /** Undefined outside of a request. */
  static ofActive(): RequestEntry | undefined {
    const scope = context.active();
    const request = requestScope(scope);
    return request === undefined ? undefined : new RequestEntry(scope, request);
  }

  /** Whether the active context belongs to the request, in any of its spans. */
  get isHere(): boolean {
    const active = context.active();
    return active === this.scope || requestScope(active) === this.request;
  }

  run<T>(body: () => T): T {
    return this.resource.runInAsyncScope(() => context.with(this.scope, body));
  }
}

const requests = new WeakMap<object, RequestScope>();

/**
 * Stores the request scope of a call or a message by an object that Nest passes to guards, handlers and
 * filters: the metadata of a gRPC call, or the context of a message. So the scope is found in any
 * callback, whatever context is active (rule 31).
 */
export function keepRequest(object: unknown, request: RequestScope): void {
  if (isObject(object)) requests.set(object, request);
}

/** Finds the request scope of a handler by its arguments, or by the `metadata` of an argument. */
export function requestOfArguments(args: readonly unknown[]): RequestScope | undefined {
  for (const argument of args) {
    if (!isObject(argument)) continue;
    const request = requests.get(argument) ?? requestOfMetadata(argument);
    if (request !== undefined) return request;
  }
  return undefined;
}

function requestOfMetadata(call: object): RequestScope | undefined {
  try {
    const metadata: unknown = Reflect.get(call, 'metadata');
    return isObject(metadata) ? requests.get(metadata) : undefined;
  } catch {
    return undefined; // a getter of the message throws
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
