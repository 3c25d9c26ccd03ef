import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { RequestEntry } from '../../span/app/request-entry.js';
import { resultInRequest } from '../../span/results/result-in-request.js';

interface CallHandler {
  handle(): unknown;
}

interface Interceptor {
  intercept(executionContext: unknown, next: CallHandler): unknown;
}

type Intercept = (interceptors: readonly Interceptor[] | undefined, ...rest: unknown[]) => unknown;
type PickResult = (result: unknown) => unknown;

const done = Symbol.for('nestjs-tracing.pipelines');

/**
 * Makes interceptors and guards of all transports run in the request that they are called for, also
 * when they wait for something that requests share: what an interceptor calls after it, and the
 * Observables that both return (rule 31). Nest has no hook for this.
 */
export function bindPipelines(): void {
  const consumer = InterceptorsConsumer.prototype as unknown as { intercept: Intercept };
  if (Object.hasOwn(consumer, done)) return;
  Object.defineProperty(consumer, done, { value: true });
  const { intercept } = consumer;
  consumer.intercept = function (this: unknown, interceptors, ...rest) {
    const entry = interceptors?.length ? RequestEntry.ofActive() : undefined;
    if (entry === undefined) return intercept.call(this, interceptors, ...rest);
    const bound = interceptors?.map((interceptor) => boundInterceptor(interceptor, entry));
    return resultInRequest(intercept.call(this, bound, ...rest));
  };
  const guards = GuardsConsumer.prototype as unknown as { pickResult: PickResult };
  const { pickResult } = guards;
  guards.pickResult = function (this: unknown, result) {
    return pickResult.call(this, resultInRequest(result));
  };
}

/** Nest starts what comes after an interceptor in the context in which that asks for it. */
function boundInterceptor(interceptor: Interceptor, entry: RequestEntry): Interceptor {
  return {
    intercept: (executionContext, next) =>
      interceptor.intercept(executionContext, {
        handle: () => (entry.isHere ? next.handle() : entry.run(() => next.handle())),
      }),
  };
}
