import type { TracingApp } from './tracing-app.js';
import { describeError } from './errors/describe-error.js';
import { methodOf } from './methods.js';

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
    app.warn(`${what} has thrown ${type}: ${message}. The call goes on; this is told once.`);
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
