import { context, type Attributes, type Tracer } from '@opentelemetry/api';
import type { ModulesContainer } from '@nestjs/core';
import { DeferredSpan } from '../../span/deferred-span.js';
import { deliveredWhereSubscribed } from '../../span/delivered-where-subscribed.js';
import { requestScope } from '../../span/request-scope.js';
import { runInSpan } from '../../span/run-in-span.js';
import { tellErrors } from '../../span/tell-errors.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { instrumentHandler } from './handler-instrumentation.js';
import { imitate, isTraced, type Method } from '../decorators/imitate.js';

/** By these Nest knows the handlers of HTTP routes, and of messages and gRPC calls. */
const handlerMetadata = ['method', 'microservices:pattern'];

/**
 * Puts a span `Class.method` around every handler of the app's controllers, HTTP and gRPC alike. A
 * handler that is `@Traced()` has its span already.
 *
 * It replaces methods on the controllers' own prototypes, before Nest looks for routes there.
 */
export function spanHandlers(modules: ModulesContainer): void {
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype === 'function') spanHandlersOf(metatype);
    }
  }
}

function spanHandlersOf(controller: Function): void {
  for (const [key, method] of methods(controller.prototype)) {
    if (isTraced(method)) continue;
    if (!handlerMetadata.some((metadata) => Reflect.hasMetadata(metadata, method))) continue;
    Object.defineProperty(controller.prototype, key, {
      configurable: true,
      writable: true,
      value: spanHandler(method, controller, key),
    });
  }
}

function* methods(prototype: object): Iterable<[string, Method]> {
  const seen = new Set<string>(['constructor']);
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const key of Object.getOwnPropertyNames(at)) {
      const value: unknown = Object.getOwnPropertyDescriptor(at, key)?.value;
      if (!seen.has(key) && typeof value === 'function') yield [key, value as Method];
      seen.add(key);
    }
  }
}

function spanHandler(method: Method, controller: Function, key: string): Method {
  const name = `${controller.name}.${key}`;
  const origin = { 'nestjs.controller': controller.name, 'nestjs.callback': key };
  const instrumented = instrumentHandler(
    name,
    (attributes) => startSpan(name, controller, { ...attributes, ...origin }),
    (span, instance, args) =>
      runInSpan(span, () => Reflect.apply(method, instance, args.map(deliveredWhereSubscribed))),
  );

  return imitate(function (this: unknown, ...args: unknown[]): unknown {
    const request = requestScope(context.active());
    if (request?.serverSpan.isRecording() !== true) return Reflect.apply(method, this, args);
    request.serverSpan.setAttributes(origin);
    return request.app.settings.handlerSpans
      ? Reflect.apply(instrumented, this, args)
      : tellErrors(request.serverSpan, () => Reflect.apply(method, this, args));
  }, method);
}

function startSpan(name: string, controller: Function, attributes: Attributes): DeferredSpan {
  const parent = context.active();
  return new DeferredSpan({
    tracer: tracerOf(requestScope(parent)?.app, controller),
    name,
    options: { attributes: { 'code.function.name': name, ...attributes } },
    parent,
  });
}

function tracerOf(app: TracingApp | undefined, controller: Function): Tracer {
  if (app === undefined) throw new Error('a handler span outside of a request');
  return app.packageTracer(app.packageOf(controller)?.name);
}
