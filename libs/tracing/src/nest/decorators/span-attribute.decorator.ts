import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { callUsersFunction } from '../../span/call-users-function.js';
import { readableValue } from '../../span/readable-attributes.js';
import type { TracingApp } from '../../span/tracing-app.js';
import { tracingError } from '../tracing.error.js';
import { addToParameters, parametersOf } from './parameter-metadata.js';

interface ArgumentAttribute {
  readonly index: number;
  readonly key: string;
  readonly map: ((value: never) => AttributeValue | undefined) | undefined;
}

const metadataKey = Symbol.for('nestjs-tracing.span-attributes');

/**
 * Puts an argument of a `@Traced()` method on the span of the call.
 *
 * Primitives and arrays of one kind of them go as they are, anything else through the function given:
 * without one it is left out, as `undefined` is (rule 7). Should the function throw, one warning says
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
