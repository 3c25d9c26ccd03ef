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
