import { INVALID_SPAN_CONTEXT, trace, type Attributes } from '@opentelemetry/api';
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import type { Method } from '../decorators/imitate.js';

/** How the instrumentation begins the span of a handler. */
export interface HandlerSpan {
  readonly name: string;
  readonly attributes: Attributes;
}

/**
 * Asks `@opentelemetry/instrumentation-nestjs-core` for the name and the attributes that it gives the
 * spans of a handler. They are the same for every call, so it is asked once, when the app starts.
 *
 * Its own way in is closed on Nest 12 (it declares `<12`) and needs an import hook, so its patch for
 * Nest's router is applied to a class of ours, which gets the wrapper that it makes of a handler. The
 * wrapper is called once, around a handler that does nothing, with a tracer that takes down what it
 * is asked to start.
 */
export function describeHandler(name: string): HandlerSpan {
  const handler = Object.defineProperty<Method>(() => undefined, 'name', { value: name });
  let described: HandlerSpan | undefined;
  const instrumentation = new NestInstrumentation({ enabled: false });
  instrumentation.setTracerProvider({
    getTracer: () => ({
      startSpan: (spanName, options) => {
        described = { name: spanName, attributes: { ...options?.attributes } };
        return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
      },
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
  void wrapped?.();
  if (described === undefined) throw new Error('the instrumentation started no span of a handler');
  return described;
}
