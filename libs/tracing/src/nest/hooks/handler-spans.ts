import { context, trace, type Attributes, type Span } from '@opentelemetry/api';
import type { ModulesContainer } from '@nestjs/core';
import { DeferredSpan } from '../../span/deferred-span.js';
import { deliveredWhereSubscribed } from '../../span/results/delivered-where-subscribed.js';
import { Outcome } from '../../span/outcome.js';
import { patch } from '../../span/app/patch.js';
import { requestScope, type RequestScope } from '../../span/app/request-scope.js';
import { runInSpan } from '../../span/run-in-span.js';
import { tellErrors } from '../../span/tell-errors.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { areHandlersOfOthers } from './handlers-of-others.js';
import { instrumentHandler } from './handler-instrumentation.js';
import { fillInSpanOf, type FillInSpan } from '../decorators/current-span.decorator.js';
import { imitate, isTraced, type Method } from '../decorators/imitate.js';

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
        const value = spanHandler(method, controller, key, fillInSpanOf(declaredOn, key));
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

function spanHandler(
  method: Method,
  controller: Function,
  key: string,
  fillInSpan: FillInSpan | undefined,
): Method {
  const name = `${controller.name}.${key}`;
  const origin = { 'nestjs.controller': controller.name, 'nestjs.callback': key };
  const call = (instance: unknown, args: unknown[], own?: Span): unknown =>
    Reflect.apply(method, instance, fillInSpan === undefined ? args : fillInSpan(args, own));
  const instrumented = instrumentHandler(
    name,
    (attributes) => startSpan(name, controller, { ...attributes, ...origin }),
    (span, instance, args) =>
      runInSpan(
        span,
        () => call(instance, args.map(deliveredWhereSubscribed), span),
        new Outcome(answeringApp(), name, {}),
      ),
  );

  return imitate(function (this: unknown, ...args: unknown[]): unknown {
    const request = requestScope(context.active());
    if (request === undefined || !isRecorded(request)) return call(this, args);
    request.serverSpan.setAttributes(origin);
    if (isTraced(method) || (request.method !== undefined && areHandlersOfOthers())) {
      return call(this, args.map(deliveredWhereSubscribed));
    }
    return request.app.settings.handlerSpans
      ? Reflect.apply(instrumented, this, args)
      : tellErrors(request.serverSpan, () => call(this, args.map(deliveredWhereSubscribed)));
  }, method);
}

/** A server span of somebody else's may not be the active one, or not be known. */
function isRecorded({ app, serverSpan }: RequestScope): boolean {
  return serverSpan.isRecording() || (app.isGuest && trace.getActiveSpan()?.isRecording() === true);
}

function startSpan(name: string, controller: Function, attributes: Attributes): DeferredSpan {
  const app = answeringApp();
  return new DeferredSpan({
    app,
    tracer: app.packageTracer(app.packageOf(controller)?.name),
    name,
    options: { attributes: { 'code.function.name': name, ...attributes } },
    parent: context.active(),
  });
}

function answeringApp(): TracingApp {
  const app = requestScope(context.active())?.app;
  if (app === undefined) throw new Error('a handler span outside of a request');
  return app;
}
