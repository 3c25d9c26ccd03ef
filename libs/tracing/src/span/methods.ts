/** A method by its key; undefined where there is none, also where asking for it throws. */
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
 * Whether a value has a method of every name, as a Proxy may that makes remote calls or is a mock: then
 * a method that it has says nothing about what it is. It is asked for a name that nothing else has.
 */
export function hasEveryMethod(value: unknown): boolean {
  return methodOf(value, 'nestjs-tracing: a method that no object has') !== undefined;
}

/**
 * Puts a method in the place of another of the same object.
 *
 * @returns whether it stands there: an object that is frozen, or whose method is fixed, keeps its own.
 */
export function replaceMethod(target: object, key: string | symbol, method: Function): boolean {
  try {
    return Reflect.defineProperty(target, key, {
      configurable: true,
      writable: true,
      value: method,
    });
  } catch {
    return false; // a Proxy may refuse by an error
  }
}
