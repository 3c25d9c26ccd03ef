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
