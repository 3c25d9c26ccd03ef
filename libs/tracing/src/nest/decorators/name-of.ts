/** `Class.method`; `target` is the prototype, or the class where the method is static. */
export function nameOf(target: object, key: string | symbol): string {
  const owner = typeof target === 'function' ? target : target.constructor;
  return `${owner.name}.${typeof key === 'symbol' ? (key.description ?? '') : key}`;
}
