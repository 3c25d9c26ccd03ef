import type { TracingApp } from './tracing-app.js';
import { describeError } from './errors/describe-error.js';
import { methodOf } from './methods.js';

/** Functions whose failure was told. */
const told = new WeakSet<Function>();

/**
 * Calls a function that the user gave to look at a call. Should it throw, the call goes on without
 * what it was asked for, and one warning tells of it, however often it throws.
 *
 * @param what the function, as the user knows it
 */
export function callUsersFunction<Args extends unknown[], T>(
  app: Pick<TracingApp, 'warn'>,
  what: string,
  fn: (...args: Args) => T,
  args: Args,
): T | undefined {
  const tell = (error: unknown): void => {
    if (told.has(fn)) return;
    told.add(fn);
    const { type, message } = describeError(error);
    app.warn(`${what} has thrown ${type}: ${message}. The call goes on; this is told once.`);
  };
  try {
    const result = fn(...args);
    // An asynchronous one has nothing to say in time, but its failure must not end the process.
    const then = methodOf(result, 'then');
    if (then !== undefined) Reflect.apply(then, result, [undefined, tell]);
    return result;
  } catch (error) {
    tell(error);
    return undefined;
  }
}
