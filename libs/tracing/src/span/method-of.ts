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
