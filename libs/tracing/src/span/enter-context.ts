import { context, type Context, type ContextAPI } from '@opentelemetry/api';

/** A context that is active until `dispose()` is called. */
export interface EnteredContext {
  dispose(): void;
}

/**
 * Makes a context active until it is disposed of, in the same synchronous run. Unlike `context.with`, this
 * adds no stack frame between a caller and the function it calls: V8 keeps ten frames of an error's
 * stack, and they should be frames of the app (rule 34).
 *
 * Returns undefined if the registered context manager does not support this, such as that of an older
 * SDK: then `context.with` has to be used.
 */
export function enterContext(scope: Context): EnteredContext | undefined {
  // `attach` is experimental: another version of the API may lack it.
  const entered = (context as Partial<ContextAPI>).attach?.(scope);
  if (context.active() === scope) return entered;
  entered?.dispose();
  return undefined;
}

/** Calls a function in a context like `context.with`, with as few stack frames as possible. */
export function runInContext<Args extends unknown[], Result>(
  scope: Context,
  fn: (...args: Args) => Result,
  thisArg?: unknown,
  ...args: Args
): Result {
  if (context.active() === scope) return Reflect.apply(fn, thisArg, args);
  const entered = enterContext(scope);
  if (entered === undefined) return context.with(scope, fn, thisArg as never, ...args);
  try {
    return Reflect.apply(fn, thisArg, args);
  } finally {
    entered.dispose();
  }
}
