import { context, SpanKind } from '@opentelemetry/api';
import { currentApp } from '../../span/current-app.js';
import { DeferredSpan } from '../../span/deferred-span.js';
import { recordsNothing } from '../../span/records-nothing.js';
import { runInSpan } from '../../span/run-in-span.js';
import { imitate, type Method } from './imitate.js';
import { argumentAttributesOf, readArguments } from './span-attribute.decorator.js';
import type { TracedOptions } from './traced-options.js';

/** A method in the place of another, with a span around each call (rules 1 to 5). */
export function traceMethod(
  method: Method,
  target: object,
  key: string | symbol,
  options: TracedOptions,
): Method {
  const owner = typeof target === 'function' ? target : target.constructor;
  const fullName = `${owner.name}.${typeof key === 'symbol' ? (key.description ?? '') : key}`;
  const { name = fullName, kind = SpanKind.INTERNAL, attributes, root, links, isError } = options;
  const always = { 'code.function.name': fullName, ...attributes };
  // Decorators of parameters run before that of their method.
  const ofArguments = argumentAttributesOf(target, key);

  return imitate(function (this: unknown, ...args: unknown[]): unknown {
    // A static method, or an instance without a class, belongs to where it was declared.
    const type = typeof this === 'object' && this !== null ? this.constructor : owner;
    const app = currentApp(type);
    if (app === undefined || recordsNothing(app)) return Reflect.apply(method, this, args);
    const span = new DeferredSpan({
      tracer: app.packageTracer(
        options.tracer ?? (app.packageOf(type) ?? app.packageOf(owner))?.name,
      ),
      name,
      options: {
        kind,
        root,
        links,
        attributes: { ...always, ...readArguments(ofArguments, args) },
      },
      parent: context.active(),
    });
    return runInSpan(span, () => Reflect.apply(method, this, args), { isError });
  }, method);
}
