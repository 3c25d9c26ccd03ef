import { describeError } from './errors/describe-error.js';
import type { TracingApp } from './tracing-app.js';

/** Functions whose failure was logged. */
const reported = new WeakSet<Function>();

/**
 * Calls a function that the user passed as an option, and returns its result. If the function throws, this
 * returns undefined and the traced call goes on. The failure is logged once per function.
 *
 * @param what the name of the function in the warning
 */
export function callUsersFunction<Args extends unknown[], T>(
  app: Pick<TracingApp, 'warn'>,
  what: string,
  fn: (...args: Args) => T,
  args: Args,
): T | undefined {
  const report = (error: unknown): void => {
    if (reported.has(fn)) return;
    reported.add(fn);
    const { type, message } = describeError(error);
    app.warn(`${what} has thrown ${type}: ${message}. The call goes on; this is logged once.`);
  };
  try {
    const result = fn(...args);
    // The promise of an asynchronous function settles too late, but its rejection must not end the process.
    const then = methodOf(result, 'then');
    if (then !== undefined) Reflect.apply(then, result, [undefined, report]);
    return result;
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Returns a method of a value by its key; undefined if there is none, or if reading it throws. */
export function methodOf(value: unknown, key: string | symbol): Function | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  try {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'function' ? found : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a value has a method of every name, as a Proxy for remote calls or a mock has: the methods of
 * such a value do not show what it is. Checked with a name that no other object has.
 */
export function hasEveryMethod(value: unknown): boolean {
  return methodOf(value, 'nestjs-tracing: a method that no object has') !== undefined;
}

/**
 * Replaces a method of an object.
 *
 * @returns whether it was replaced: not if the object is frozen or the method is not configurable
 */
export function replaceMethod(target: object, key: string | symbol, method: Function): boolean {
  try {
    return Reflect.defineProperty(target, key, {
      configurable: true,
      writable: true,
      value: method,
    });
  } catch {
    return false; // a Proxy may throw
  }
}
