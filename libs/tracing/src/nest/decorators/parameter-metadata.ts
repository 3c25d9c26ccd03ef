/// <reference types="reflect-metadata" />
import { tracingError } from '../tracing.error.js';

/** A parameter decorator that notes something of a method's parameter. */
export function addToParameters(
  metadataKey: symbol,
  decorator: string,
  note: (index: number) => unknown,
): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) {
      const place = `parameter ${index} of the constructor of ${(target as Function).name}`;
      throw tracingError('TRACING_NOT_A_METHOD', decorator, place);
    }
    const notes = parametersOf(metadataKey, target, method);
    Reflect.defineMetadata(metadataKey, [...notes, note(index)], target, method);
  };
}

/**
 * What was noted; `target` is the prototype, or the class where the method is static. A method that
 * overrides another has parameters of its own.
 */
export function parametersOf<Note>(
  metadataKey: symbol,
  target: object,
  method: string | symbol,
): readonly Note[] {
  return (Reflect.getOwnMetadata(metadataKey, target, method) ?? []) as Note[];
}
