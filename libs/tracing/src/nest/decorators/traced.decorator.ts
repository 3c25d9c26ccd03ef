import type { Method } from './imitate.js';
import { traceClass } from './trace-class.js';
import { traceMethod } from './trace-method.js';
import type { TracedOptions } from './traced-options.js';

/**
 * Makes a span of each call of a method, or of every own method of a class, as a child of the span
 * that is active.
 *
 * The span ends before a value or a throw leaves, with a promise when it settles, with an Observable
 * when a subscription ends. Without `TracingModule` the method behaves as if undecorated.
 *
 * @param options the name of the span, or more; on a class all but the name.
 * @throws TypeError on a property or an accessor, and for a name on a class.
 */
export function Traced(options: string | TracedOptions = {}): ClassDecorator & MethodDecorator {
  const given = typeof options === 'string' ? { name: options } : options;
  const decorate = (
    target: object,
    key?: string | symbol,
    descriptor?: TypedPropertyDescriptor<unknown>,
  ): void => {
    if (key === undefined) {
      if (given.name !== undefined)
        throw new TypeError(nameOnClass(target as Function, given.name));
      traceClass(target as Function, given);
      return;
    }
    if (typeof descriptor?.value !== 'function') throw new TypeError(noMethod(key));
    descriptor.value = traceMethod(descriptor.value as Method, target, key, given);
  };
  return decorate as ClassDecorator & MethodDecorator;
}

function nameOnClass(type: Function, name: string): string {
  return (
    `@Traced('${name}') stands on the class ${type.name}: every method would have that name. ` +
    'Leave the name out, or put the decorator on a method.'
  );
}

function noMethod(key: string | symbol): string {
  return (
    `@Traced() stands on ${String(key)}, which is no method: put it on a method, ` +
    'and not on a property or an accessor.'
  );
}
