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
import { requestScope, type RequestScope } from '../../span/request-scope.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { DeferredSpan } from '../../span/deferred-span.js';
import { Outcome } from '../../span/outcome.js';
import { deliveredWhereSubscribed } from '../../span/results/bind-to-call-site.js';
import { resultInRequest, recordErrors } from '../../span/results/result-in-request.js';
import { wrapInSpan } from '../../span/run-in-span.js';

/**
 * Whether `@opentelemetry/instrumentation-nestjs-core` makes spans around the handlers of HTTP, as it
 * does on Nest 11 where it came before Nest.
 */
export function hasThirdPartyHandlerSpans(): boolean {
  return isWrapped(RouterExecutionContext.prototype.create);
}

/** How the instrumentation begins the span of a handler. */
interface HandlerSpan {
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

/** By these Nest knows the handlers of HTTP routes, and of messages and gRPC calls. */
const handlerMetadata = ['method', 'microservices:pattern'];

/** On what stands in the place of a handler: which one, and for which controller. */
const handler = Symbol('nestjs-tracing.handler');

/**
 * Puts a span `Class.method` around every handler of the app's controllers, HTTP and gRPC alike. A
 * handler that is `@Traced()` has its span already.
 *
 * It replaces methods on the controllers' own prototypes, before Nest looks for routes there, until the
 * last app has stopped that has the controller.
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
    // What is replaced already: for another app, or for a controller that is the base of this one.
    const { key, method, declaredOn } = standOf(found.method) ?? found;
    if (!handlerMetadata.some((metadata) => Reflect.hasMetadata(metadata, method))) continue;
    app.onStop(
      patch(controller.prototype as Record<string, Method>, key, () => {
        const value = spanHandler(method, controller, key, {
          fillInSpan: fillInSpanOf(declaredOn, key),
          // A @Traced() method puts its arguments on its own span.
          readArguments: isTraced(method) ? undefined : readArgumentsOf(declaredOn, key),
        });
        const stands: Declared = { key, method, declaredOn };
        Object.defineProperty(value, handler, { value: stands });
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

function standOf(method: Method): Declared | undefined {
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

/** What the decorators of a handler's parameters ask for. */
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

/** A server span of somebody else's may not be the active one, or not be known. */
function isRecorded({ app, serverSpan }: RequestScope): boolean {
  return (
    serverSpan.isRecording() ||
    (app.hasExternalProvider && trace.getActiveSpan()?.isRecording() === true)
  );
}

/** Begins the span of each call of a handler, named and described as the instrumentation does it. */
function spanOfHandler(
  controller: Function,
  key: string,
  origin: Attributes,
): () => { app: TracingApp; span: DeferredSpan; outcome: Outcome } {
  const { name, attributes } = describeHandler(`${controller.name}.${key}`);
  const options = { attributes: { 'code.function.name': name, ...attributes, ...origin } };
  return () => {
    const app = answeringApp();
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

function answeringApp(): TracingApp {
  const app = requestScope(context.active())?.app;
  if (app === undefined) throw new Error('a handler span outside of a request');
  return app;
}
