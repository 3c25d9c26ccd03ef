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
