import { isTraced, type Method } from './imitate.js';
import { traceMethod } from './trace-method.js';
import type { TracedOptions } from './traced-options.js';
import { isUntraced } from './untraced.decorator.js';

/** What Nest calls itself, once, when the app starts or stops. */
const lifecycle = new Set<string | symbol>([
  'constructor',
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
  'afterInit', // of a gateway
]);

/** Traces every own method of a class; accessors, lifecycle hooks and `@Untraced()` ones aside (rule 6). */
export function traceClass(type: Function, options: TracedOptions): void {
  const prototype = type.prototype as object;
  for (const key of Reflect.ownKeys(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    const method: unknown = descriptor?.value;
    if (typeof method !== 'function' || lifecycle.has(key)) continue;
    if (isTraced(method) || isUntraced(prototype, key)) continue;
    const traced = traceMethod(method as Method, prototype, key, options);
    Object.defineProperty(prototype, key, { ...descriptor, value: traced });
  }
}
