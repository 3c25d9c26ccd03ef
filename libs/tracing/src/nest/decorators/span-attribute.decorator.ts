import { diag, type Attributes, type AttributeValue } from '@opentelemetry/api';

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
 * without one it is left out, as `undefined` is (rule 7).
 *
 * @example `place(@SpanAttribute('order.sku') sku: string, @SpanAttribute('order.lines', (o) => o.lines.length) order: Order)`
 */
export function SpanAttribute(
  key: string,
  map?: (value: any) => AttributeValue | undefined, // oxlint-disable-line typescript/no-explicit-any -- the contract's type
): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) {
      throw new TypeError(
        `@SpanAttribute('${key}') stands on a constructor parameter: it belongs on one of a @Traced() method.`,
      );
    }
    const found = argumentAttributesOf(target, method);
    Reflect.defineMetadata(metadataKey, [...found, { index, key, map }], target, method);
  };
}

/** The attributes of a method's arguments; `target` is the prototype, or the class where it is static. */
export function argumentAttributesOf(
  target: object,
  method: string | symbol,
): readonly ArgumentAttribute[] {
  return (Reflect.getMetadata(metadataKey, target, method) ?? []) as ArgumentAttribute[];
}

export function readArguments(
  attributes: readonly ArgumentAttribute[],
  args: readonly unknown[],
): Attributes {
  const read: Attributes = {};
  for (const { index, key, map } of attributes) {
    const value = map === undefined ? args[index] : mapped(key, map, args[index]);
    if (isAttributeValue(value)) read[key] = value;
  }
  return read;
}

function mapped(key: string, map: (value: never) => unknown, value: unknown): unknown {
  try {
    return map(value as never);
  } catch (error) {
    diag.warn(`nestjs-tracing: the function of @SpanAttribute('${key}') has thrown`, error);
    return undefined;
  }
}

function isAttributeValue(value: unknown): value is AttributeValue {
  if (!Array.isArray(value)) return isPrimitive(value);
  return value.every((one) => isPrimitive(one) && typeof one === typeof value[0]);
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
