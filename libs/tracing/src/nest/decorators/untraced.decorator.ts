const metadataKey = Symbol('nestjs-tracing.untraced');

/** Leaves a method out of the `@Traced()` on its class. */
export function Untraced(): MethodDecorator {
  return (target, key) => Reflect.defineMetadata(metadataKey, true, target, key);
}

export function isUntraced(target: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(metadataKey, target, key);
}
