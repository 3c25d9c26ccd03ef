import { INVALID_SPAN_CONTEXT, trace, type Attributes, type Span } from '@opentelemetry/api';
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import type { DeferredSpan } from '../../span/deferred-span.js';
import type { Method } from '../decorators/imitate.js';

/** The span that the instrumentation holds: it decides the start, and nothing else. */
interface HeldSpan extends Span {
  readonly started: DeferredSpan;
}

/**
 * Wraps a handler as `@opentelemetry/instrumentation-nestjs-core` does.
 *
 * Its own way in is closed on Nest 12 (it declares `<12`) and needs an import hook, so its patch for
 * Nest's router is applied to a stand-in, which hands out the wrapper it makes: of each handler, for
 * gRPC too, and without the `request_context` and `Create Nest App` spans. The tracer it gets mends
 * what the wrapper makes: what is thrown goes through untouched, and the span is recorded on and
 * ended by `run`, so by the rules of every other span.
 */
export function instrumentHandler(
  name: string,
  start: (attributes: Attributes) => DeferredSpan,
  run: (span: DeferredSpan, instance: unknown, args: unknown[]) => unknown,
): Method {
  const handler = function (this: unknown, ...args: unknown[]): unknown {
    const held = trace.getActiveSpan() as HeldSpan;
    return run(held.started, this, args);
  };
  Object.defineProperty(handler, 'name', { value: name });

  const instrumentation = new NestInstrumentation({ enabled: false });
  instrumentation.setTracerProvider({
    getTracer: () => ({
      startSpan: (_name, options) => hold(start(options?.attributes ?? {})),
      startActiveSpan: () => {
        throw new Error('the instrumentation starts its spans by startSpan');
      },
    }),
  });
  let wrapped: Method | undefined;
  class Router {
    create(_instance: object, callback: Method): Method {
      wrapped = callback;
      return callback;
    }
  }
  instrumentation
    .getRouterExecutionContextFileInstrumentation(['*'])
    .patch({ RouterExecutionContext: Router }, undefined);
  new Router().create({}, handler);
  if (wrapped === undefined) throw new Error('the instrumentation wrapped no handler');
  return wrapped;
}

function hold(started: DeferredSpan): HeldSpan {
  return Object.assign(trace.wrapSpanContext(INVALID_SPAN_CONTEXT), {
    started,
    // The wrapper records what was thrown and then reads its message, which `throw undefined` has
    // not. Throwing here, what it caught goes on as it was.
    recordException(error: unknown): void {
      throw error;
    },
  });
}
