import type { Method } from './imitate.js';
import { traceMethod } from './trace-method.js';
import type { TracedOptions } from './traced-options.js';

/**
 * Makes a span of each call of a method, as a child of the span that is active.
 *
 * The span ends before a value or a throw leaves, with a promise when it settles, with an Observable
 * when a subscription ends. Without `TracingModule` the method behaves as if undecorated.
 */
export function Traced(options: string | TracedOptions = {}): MethodDecorator {
  const given = typeof options === 'string' ? { name: options } : options;
  return (target, key, descriptor) => {
    if (typeof descriptor?.value !== 'function') {
      throw new TypeError(
        `@Traced() stands on ${String(key)}, which is no method: put it on a method, ` +
          'and not on a property or an accessor.',
      );
    }
    const method = descriptor.value as unknown as Method;
    descriptor.value = traceMethod(
      method,
      target,
      key,
      given,
    ) as unknown as typeof descriptor.value;
  };
}
