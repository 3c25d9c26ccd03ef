import { AsyncResource } from 'node:async_hooks';
import { context, ROOT_CONTEXT, type Context, type Span } from '@opentelemetry/api';
import type { TracingApp } from './tracing-app.js';

/** What is known of the request, call or message that is being answered. */
export interface RequestScope {
  readonly app: TracingApp;
  readonly serverSpan: Span;
  /** The verb that begins the name of the span, where the protocol has one. */
  readonly method?: string;
  /** Whether we end the span: it may be somebody else's. */
  readonly isOurs?: boolean;
  /** The route that the router found. */
  route?: string | undefined;
  /** What was thrown last that is no object, and that a span has told. */
  recordedValue?: { readonly value: unknown };
  /** The type of what the exception filters had to answer, unless it was expected. */
  errorType?: string;
  /** What the exception filters of a call or a message had to answer last. */
  thrown?: ThrownError;
}

/** Not of `createContextKey()`: another version of this package would find the apps of this one under it. */
const key = Symbol('nestjs-tracing.request');

/** What is kept of an error that was thrown. */
export interface ThrownError {
  readonly type: string;
  /** Whether it is no fault of the server (rule 4). */
  readonly isExpected: boolean;
  /** The gRPC code that the error itself names. */
  readonly grpcCode: number | undefined;
}

export function withRequestScope(context: Context, scope: RequestScope): Context {
  return context.setValue(key, scope);
}

export function requestScope(context: Context): RequestScope | undefined {
  return context.getValue(key) as RequestScope | undefined;
}

/**
 * Runs something that belongs to a request in the context of that request.
 *
 * Callbacks of shared connections, pools, timers and batches come back in the context of whoever opened
 * or filled those, so the active context may belong to another request, or to none (rule 31). A context
 * that was derived from that of the request stays active, with everything the app has put into it.
 *
 * @param own the context of the request; undefined where nothing is recorded or carried for it
 */
export function runInRequest<T>(own: Context | undefined, run: () => T): T {
  const active = context.active();
  const isActive = requestScope(active) === (own && requestScope(own));
  return isActive ? run() : context.with(own ?? ROOT_CONTEXT, run);
}

/**
 * A way back into a request, for what is called from elsewhere: from a pool, a batch, another request.
 * Everything that is kept in an `AsyncLocalStorage` is back then, as the logger of the request is.
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

  /** Whether the request is under way here, in whatever span of it. */
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
 * Remembers to which call or message an object belongs that Nest hands to guards, handlers and filters:
 * the metadata of a gRPC call, the context of a message. So the request is found wherever a callback
 * comes back from (rule 31).
 */
export function keepRequest(object: unknown, request: RequestScope): void {
  if (isObject(object)) requests.set(object, request);
}

/** The call or message of a handler's arguments: one of them is known, or the `metadata` of one. */
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
    return undefined; // a getter of a message that throws
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
