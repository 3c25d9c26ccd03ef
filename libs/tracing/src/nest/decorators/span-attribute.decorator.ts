import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { tracingError } from '../tracing.error.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { readableValue } from '../../span/attributes.js';
import { callUsersFunction } from '../../span/call-users-function.js';

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

interface ArgumentAttribute {
  readonly index: number;
  readonly key: string;
  readonly map: ((value: never) => AttributeValue | undefined) | undefined;
}

const metadataKey = Symbol('nestjs-tracing.span-attributes');

/**
 * Puts an argument of a `@Traced()` method on the span of the call.
 *
 * Primitives and arrays of one kind of them go as they are, anything else through the function given:
 * without one it is left out, as `undefined` is. Should the function throw, one warning says
 * so, and the call goes on without the attribute.
 *
 * @example `place(@SpanAttribute('order.sku') sku: string, @SpanAttribute('order.lines', (o) => o.lines.length) order: Order)`
 * @throws TracingError TRACING_EMPTY_NAME, and TRACING_NOT_A_METHOD on a parameter of a constructor.
 */
export function SpanAttribute(
  key: string,
  map?: (value: any) => Attributes[string], // oxlint-disable-line typescript/no-explicit-any -- the contract's type
): ParameterDecorator {
  if (typeof key !== 'string' || key === '') {
    throw tracingError('TRACING_EMPTY_NAME', '@SpanAttribute()');
  }
  return addToParameters(metadataKey, `@SpanAttribute('${key}')`, (index): ArgumentAttribute => ({
    index,
    key,
    map,
  }));
}

export type ReadArguments = (app: TracingApp, args: readonly unknown[]) => Attributes;

/** Undefined for a method none of whose arguments goes on its span. */
export function readArgumentsOf(
  target: object,
  method: string | symbol,
): ReadArguments | undefined {
  const attributes = parametersOf<ArgumentAttribute>(metadataKey, target, method);
  if (attributes.length === 0) return undefined;
  return (app, args) => {
    const read: Attributes = {};
    for (const { index, key, map } of attributes) {
      const value =
        map === undefined
          ? args[index]
          : callUsersFunction(app, `The function of @SpanAttribute('${key}')`, map, [
              args[index] as never,
            ]);
      const readable = readableValue(value);
      if (readable !== undefined) read[key] = readable;
    }
    return read;
  };
}
