import { AsyncResource } from 'node:async_hooks';
import { context, type Context } from '@opentelemetry/api';
import { requestScope } from './request-scope.js';

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
