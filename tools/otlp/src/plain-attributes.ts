import type { AnyValue, KeyValue } from './export-trace-request.ts';
import type { Attributes, AttributeValue } from './span.ts';

/** OTLP's list of typed key-value pairs as a plain object. */
export function plainAttributes(pairs: readonly KeyValue[] | undefined): Attributes {
  const attributes: Attributes = {};
  for (const { key = '', value } of pairs ?? []) {
    attributes[key] = plainValue(value);
  }
  return attributes;
}

function plainValue(value: AnyValue | undefined): AttributeValue {
  if (value === undefined) return undefined;
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plainValue);
  if (value.kvlistValue) return plainAttributes(value.kvlistValue.values);
  if (value.intValue !== undefined) return integer(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue;
}

/** A number where it is exact, as nearly every integer is; a bigint beyond. */
function integer(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
