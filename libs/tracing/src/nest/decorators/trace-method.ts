import { context, SpanKind, type Attributes } from '@opentelemetry/api';
import { recordsNothing } from '../../app/client-span.js';
import { currentApp, runningApps } from '../../app/running-apps.js';
import { readableAttributes, withoutThrowing } from '../../span/attributes.js';
import { DeferredSpan } from '../../span/deferred-span.js';
import { Outcome } from '../../span/outcome.js';
import { wrapInSpan } from '../../span/run-in-span.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { callUsersFunction } from '../../span/user-code.js';
import { asTracedMethod, type Method } from './copy-method-metadata.js';
import { fillInSpanOf } from './current-span.decorator.js';
import { readArgumentsOf } from './span-attribute.decorator.js';
import type { TracedOptions } from './traced-options.js';

/** Returns `Class.method`; `target` is the prototype, or the class of a static method. */
export function nameOf(target: object, key: string | symbol): string {
  const owner = typeof target === 'function' ? target : target.constructor;
  return `${owner.name}.${typeof key === 'symbol' ? (key.description ?? '') : key}`;
}

/** Wraps a method so that each call gets a span (rules 1 to 5). */
export function traceMethod(
  method: Method,
  target: object,
  key: string | symbol,
  options: TracedOptions,
): Method {
  const owner = typeof target === 'function' ? target : target.constructor;
  const fullName = nameOf(target, key);
  const { name = fullName, kind = SpanKind.INTERNAL, root, links } = options;
  const always = { 'code.function.name': fullName, ...withoutThrowing(options.attributes) };
  // Parameter decorators run before the decorator of their method.
  const readArguments = readArgumentsOf(target, key);
  const fillInSpan = fillInSpanOf(target, key);

  const attributesOf = (app: TracingApp, args: unknown[]): Attributes => ({
    ...always,
    ...(options.arguments &&
      readableAttributes(
        callUsersFunction(app, `'arguments' of ${fullName}`, options.arguments, args),
      )),
    ...readArguments?.(app, args),
  });

  const traced = wrapInSpan(method, (self, args) => {
    // For a static method, or if `this` is not an object, the class that declares the method decides.
    const instance = typeof self === 'object' && self !== null ? self : undefined;
    const type = instance?.constructor ?? owner;
    const app = runningApps.mayRecord ? appOf(type, instance, owner) : undefined;
    if (app === undefined || recordsNothing(app, root)) {
      return fillInSpan && { args: fillInSpan(args) };
    }
    const own = app.moduleOf(type, instance) ?? app.moduleOf(owner);
    const span = new DeferredSpan({
      app,
      tracer: app.moduleTracer(options.tracer ?? own?.name),
      name,
      options: { kind, root, links, attributes: attributesOf(app, args) },
      parent: context.active(),
    });
    return {
      args: fillInSpan === undefined ? args : fillInSpan(args, span),
      span,
      outcome: new Outcome(app, fullName, options),
    };
  });
  return asTracedMethod(traced, method);
}

/** Finds the app by the class of `this`, which may be unknown (an event emitter), else by the owner. */
function appOf(
  type: Function,
  instance: object | undefined,
  owner: Function,
): TracingApp | undefined {
  return currentApp(type, instance) ?? (type === owner ? undefined : currentApp(owner));
}
