import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { tracingError } from '../tracing.error.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { readableValue } from '../../span/attributes.js';
import { sharedSymbol } from '../../span/process-state.js';
import { callUsersFunction } from '../../span/user-code.js';

/** Creates a parameter decorator that stores a note about a parameter of a method as metadata. */
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
 * Returns the notes about the parameters of a method; `target` is the prototype, or the class of a static
 * method. A method that overrides another does not inherit notes.
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

const metadataKey = sharedSymbol('span attributes');

/**
 * Records an argument of a controller handler or of a `@Traced()` method as an attribute of the span.
 *
 * Primitives, and arrays of primitives of one type, are recorded unchanged. Anything else needs `map`;
 * without it, it is left out, as `undefined` is. If `map` throws, a warning is logged once and the call
 * goes on without the attribute.
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

/** Returns undefined for a method without `@SpanAttribute()` parameters. */
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
