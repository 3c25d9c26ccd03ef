import type { ModulesContainer } from '@nestjs/core';
import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import {
  INVALID_SPAN_CONTEXT,
  trace,
  type Attributes,
  context,
  type Span,
} from '@opentelemetry/api';
import { isWrapped } from '@opentelemetry/instrumentation';
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import { type Method, asTracedMethod, isTraced } from '../decorators/copy-method-metadata.js';
import { fillInSpanOf, type FillInSpan } from '../decorators/current-span.decorator.js';
import { readArgumentsOf, type ReadArguments } from '../decorators/span-attribute.decorator.js';
import { patch } from '../../app/patch.js';
import { sharedSymbol } from '../../span/process-state.js';
import { requestScope, type RequestScope } from '../../span/scope.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { DeferredSpan } from '../../span/deferred-span.js';
import { Outcome } from '../../span/outcome.js';
import {
  deliveredWhereSubscribed,
  resultInRequest,
  recordErrors,
} from '../../span/results/bind-result.js';
import { wrapInSpan } from '../../span/run-in-span.js';

/**
 * Whether `@opentelemetry/instrumentation-nestjs-core` creates spans around HTTP handlers, as it does on
 * Nest 11 if it was loaded before Nest.
 */
export function hasThirdPartyHandlerSpans(): boolean {
  return isWrapped(RouterExecutionContext.prototype.create);
}

/** The span of a handler, as the instrumentation would start it. */
interface HandlerSpan {
  readonly name: string;
  readonly attributes: Attributes;
}

/**
 * Returns the name and the attributes that `@opentelemetry/instrumentation-nestjs-core` gives the spans of
 * a handler. They are the same for every call, so this is called once, when the app starts.
 *
 * The instrumentation does not support Nest 12 (it declares `<12`) and needs an import hook. So its patch
 * for Nest's router is applied to a substitute class, which receives the wrapper of a handler. The wrapper
 * is called once, around a handler that does nothing, with a tracer that captures the name and the
 * attributes of the span.
 */
function describeHandler(name: string): HandlerSpan {
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

/** The metadata by which Nest finds handlers of HTTP routes, and of messages and gRPC calls. */
const handlerMetadata = ['method', 'microservices:pattern'];

/** The key under which a wrapper of a handler stores the original, and where that is declared. */
const handler = sharedSymbol('handler');

/**
 * Creates a span `Class.method` for each call of a handler of the app's controllers, for HTTP, messages and
 * gRPC. A handler with `@Traced()` has a span already.
 *
 * Methods are replaced on the prototypes of the controllers before Nest reads routes from them, until the
 * last app with the controller has stopped.
 */
export function spanHandlers(modules: ModulesContainer, app: TracingApp): void {
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype === 'function') spanHandlersOf(metatype, app);
    }
  }
}

function spanHandlersOf(controller: Function, app: TracingApp): void {
  for (const found of methods(controller.prototype)) {
    // The method may be a wrapper already: of another app, or of a base class of this controller.
    const { key, method, declaredOn } = originalOf(found.method) ?? found;
    if (!handlerMetadata.some((metadata) => Reflect.hasMetadata(metadata, method))) continue;
    app.onStop(
      patch(controller.prototype as Record<string, Method>, key, () => {
        const value = spanHandler(method, controller, key, {
          fillInSpan: fillInSpanOf(declaredOn, key),
          // A @Traced() method records its arguments on its own span.
          readArguments: isTraced(method) ? undefined : readArgumentsOf(declaredOn, key),
        });
        const original: Declared = { key, method, declaredOn };
        Object.defineProperty(value, handler, { value: original });
        return value;
      }),
    );
  }
}

interface Declared {
  readonly key: string;
  readonly method: Method;
  readonly declaredOn: object;
}

function originalOf(method: Method): Declared | undefined {
  return Object.getOwnPropertyDescriptor(method, handler)?.value as Declared | undefined;
}

function* methods(prototype: object): Iterable<Declared> {
  const seen = new Set<string>(['constructor']);
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const key of Object.getOwnPropertyNames(at)) {
      const value: unknown = Object.getOwnPropertyDescriptor(at, key)?.value;
      if (!seen.has(key) && typeof value === 'function') {
        yield { key, method: value as Method, declaredOn: at };
      }
      seen.add(key);
    }
  }
}

/** What the parameter decorators of a handler require. */
interface ParameterRules {
  readonly fillInSpan: FillInSpan | undefined;
  readonly readArguments: ReadArguments | undefined;
}

function spanHandler(
  method: Method,
  controller: Function,
  key: string,
  { fillInSpan, readArguments }: ParameterRules,
): Method {
  const origin = { 'nestjs.controller': controller.name, 'nestjs.callback': key };
  const call = (instance: unknown, args: unknown[]): unknown =>
    Reflect.apply(method, instance, fillInSpan === undefined ? args : fillInSpan(args));
  const recordArguments = (app: TracingApp, span: Span, args: unknown[]): void => {
    if (readArguments !== undefined) span.setAttributes(readArguments(app, args));
  };
  const begin = spanOfHandler(controller, key, origin);
  const spanned = wrapInSpan(method, (_, given) => {
    const { app, span, outcome } = begin();
    recordArguments(app, span, given);
    const args = given.map(deliveredWhereSubscribed);
    return { span, outcome, args: fillInSpan === undefined ? args : fillInSpan(args, span) };
  });

  return asTracedMethod(function (this: unknown, ...args: unknown[]): unknown {
    const request = requestScope(context.active());
    if (request === undefined || !isRecorded(request)) return resultInRequest(call(this, args));
    const { app, serverSpan } = request;
    serverSpan.setAttributes(origin);
    const run = (): unknown => call(this, args.map(deliveredWhereSubscribed));
    if (isTraced(method)) return run();
    if (request.method !== undefined && hasThirdPartyHandlerSpans()) {
      recordArguments(app, trace.getActiveSpan() ?? serverSpan, args);
      return resultInRequest(run());
    }
    if (app.settings.handlerSpans) return Reflect.apply(spanned, this, args);
    recordArguments(app, serverSpan, args);
    return recordErrors(serverSpan, run);
  }, method);
}

/** Whether the request is recorded. A third-party server span may differ from the active span. */
function isRecorded({ app, serverSpan }: RequestScope): boolean {
  return (
    serverSpan.isRecording() ||
    (app.hasExternalProvider && trace.getActiveSpan()?.isRecording() === true)
  );
}

/** Returns a function that starts the span of a call, with the instrumentation's name and attributes. */
function spanOfHandler(
  controller: Function,
  key: string,
  origin: Attributes,
): () => { app: TracingApp; span: DeferredSpan; outcome: Outcome } {
  const { name, attributes } = describeHandler(`${controller.name}.${key}`);
  const options = { attributes: { 'code.function.name': name, ...attributes, ...origin } };
  return () => {
    const app = appOfRequest();
    const span = new DeferredSpan({
      app,
      tracer: app.moduleTracer(app.moduleOf(controller)?.name),
      name,
      options,
      parent: context.active(),
    });
    return { app, span, outcome: new Outcome(app, name, {}) };
  };
}

function appOfRequest(): TracingApp {
  const app = requestScope(context.active())?.app;
  if (app === undefined) throw new Error('a handler span outside of a request');
  return app;
}
