import { context, trace, type Attributes, type Span } from '@opentelemetry/api';
import type { ModulesContainer } from '@nestjs/core';
import { DeferredSpan } from '../../span/deferred-span.js';
import { deliveredWhereSubscribed } from '../../span/results/delivered-where-subscribed.js';
import { Outcome } from '../../span/outcome.js';
import { patch } from '../../span/app/patch.js';
import { requestScope, type RequestScope } from '../../span/app/request-scope.js';
import { resultInRequest } from '../../span/results/result-in-request.js';
import { wrapInSpan } from '../../span/run-in-span.js';
import { tellErrors } from '../../span/tell-errors.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { areHandlersOfOthers } from './handlers-of-others.js';
import { describeHandler } from './handler-instrumentation.js';
import { fillInSpanOf, type FillInSpan } from '../decorators/current-span.decorator.js';
import { imitate, isTraced, type Method } from '../decorators/imitate.js';
import { readArgumentsOf, type ReadArguments } from '../decorators/span-attribute.decorator.js';

/** By these Nest knows the handlers of HTTP routes, and of messages and gRPC calls. */
const handlerMetadata = ['method', 'microservices:pattern'];

/** On what stands in the place of a handler: which one, and for which controller. */
const handler = Symbol.for('nestjs-tracing.handler');

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

  return imitate(function (this: unknown, ...args: unknown[]): unknown {
    const request = requestScope(context.active());
    if (request === undefined || !isRecorded(request)) return resultInRequest(call(this, args));
    const { app, serverSpan } = request;
    serverSpan.setAttributes(origin);
    const run = (): unknown => call(this, args.map(deliveredWhereSubscribed));
    if (isTraced(method)) return run();
    if (request.method !== undefined && areHandlersOfOthers()) {
      recordArguments(app, trace.getActiveSpan() ?? serverSpan, args);
      return resultInRequest(run());
    }
    if (app.settings.handlerSpans) return Reflect.apply(spanned, this, args);
    recordArguments(app, serverSpan, args);
    return tellErrors(serverSpan, run);
  }, method);
}

/** A server span of somebody else's may not be the active one, or not be known. */
function isRecorded({ app, serverSpan }: RequestScope): boolean {
  return serverSpan.isRecording() || (app.isGuest && trace.getActiveSpan()?.isRecording() === true);
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
      tracer: app.packageTracer(app.packageOf(controller)?.name),
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
