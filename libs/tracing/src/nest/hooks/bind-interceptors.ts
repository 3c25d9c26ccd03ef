import type { ExecutionContext, NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { context, type Context } from '@opentelemetry/api';
import { isObservable } from 'rxjs';
import { runInRequest } from '../../span/app/request-scope.js';
import { boundToRequest } from '../../span/results/bound-to-request.js';

type Next = () => Promise<unknown>;

const done = Symbol.for('nestjs-tracing.bound-interceptors');

/**
 * Makes interceptors, what they do with the answer, and the handler behind them, run in the context of their request, whatever the
 * transport. Nest runs what `next.handle()` gives in the context in which an interceptor has called it:
 * that may be a callback of another request (rule 31).
 */
export function bindInterceptors(): void {
  const { prototype } = InterceptorsConsumer;
  if (Object.hasOwn(prototype, done)) return;
  Object.defineProperty(prototype, done, { value: true });
  const { intercept } = prototype;
  prototype.intercept = async function (this: InterceptorsConsumer, interceptors, ...rest) {
    if (!interceptors?.length) return intercept.call(this, interceptors, ...rest);
    const own = context.active();
    const [args, instance, callback, next, type] = rest;
    const answer: unknown = await intercept.call(
      this,
      interceptors.map((interceptor) => boundInterceptor(interceptor, own)),
      args,
      instance,
      callback,
      () => runInRequest(own, next as Next),
      type,
    );
    return isObservable(answer) ? boundToRequest(answer, own) : answer;
  };
}

function boundInterceptor(interceptor: NestInterceptor, own: Context): NestInterceptor {
  return {
    intercept: (execution: ExecutionContext, next) =>
      runInRequest(own, () => interceptor.intercept(execution, next)),
  };
}
