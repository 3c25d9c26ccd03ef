import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { patch } from '../../app/patch.js';
import { RequestEntry, runInRequest } from '../../span/request-scope.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { resultInRequest } from '../../span/results/bind-result.js';

interface CallHandler {
  handle(): unknown;
}

interface Interceptor {
  intercept(executionContext: unknown, next: CallHandler): unknown;
}

interface Interceptors {
  intercept(interceptors: readonly Interceptor[] | undefined, ...rest: unknown[]): unknown;
}

interface Guards {
  pickResult(result: unknown): unknown;
}

/**
 * Binds interceptors and guards of all transports to their request, even if they wait for a resource that
 * requests share: what runs after an interceptor, and the Observables that both return, run in the
 * context of the request (rule 31). Nest has no hook for this.
 */
export function bindPipelines(app: TracingApp): void {
  app.onStop(
    patch(
      InterceptorsConsumer.prototype as unknown as Interceptors,
      'intercept',
      (intercept) =>
        function (this: unknown, interceptors, ...rest) {
          if (!interceptors?.length) return intercept.call(this, interceptors, ...rest);
          const entry = RequestEntry.ofActive();
          const bound = interceptors.map((interceptor) => boundInterceptor(interceptor, entry));
          return resultInRequest(intercept.call(this, bound, ...rest));
        },
    ),
  );
  app.onStop(
    patch(
      GuardsConsumer.prototype as unknown as Guards,
      'pickResult',
      (pickResult) =>
        function (this: unknown, result) {
          return pickResult.call(this, resultInRequest(result));
        },
    ),
  );
}

/**
 * Binds `next.handle()` of an interceptor to the request: Nest runs what comes next in the active context.
 * @param entry undefined if nothing is recorded or propagated for the request
 */
function boundInterceptor(interceptor: Interceptor, entry: RequestEntry | undefined): Interceptor {
  return {
    intercept: (executionContext, next) =>
      interceptor.intercept(executionContext, {
        handle() {
          if (entry === undefined) return runInRequest(undefined, () => next.handle());
          return entry.isHere ? next.handle() : entry.run(() => next.handle());
        },
      }),
  };
}
