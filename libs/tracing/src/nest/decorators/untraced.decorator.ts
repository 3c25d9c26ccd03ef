const metadataKey = Symbol.for('nestjs-tracing.untraced');

/**
 * Excludes a method from the `@Traced()` of its class.
 * @example `@Untraced() toString() { ... }`
 */
export function Untraced(): MethodDecorator {
  return (target, key) => Reflect.defineMetadata(metadataKey, true, target, key);
}

export function isUntraced(target: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(metadataKey, target, key);
}
