import { isDeepStrictEqual } from 'node:util';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { MethodPlan, TraceOptions } from './class-plan.js';
import { homeName } from './make-class.js';
import type { Call } from './run.js';

/** Where a span is not what the decorators of its method say (rules 1 and 7). */
export function differences(span: ReadableSpan, call: Call, options: TraceOptions): string[] {
  const method = call.method as MethodPlan;
  const { name, kind, attributes, isLinked } = options;
  const key = typeof method.key === 'symbol' ? method.key.description : method.key;
  const fullName = `${homeName(method)}.${key}`;
  const wanted = {
    'code.function.name': fullName,
    ...attributes,
    // One that overrides another has the attributes of both.
    ...(method.overrides === undefined && { first: attributeOf(method, call.given[0]) }),
  };
  const [start, end] = [span.startTime, span.endTime].map(([s, n]) => s * 1e9 + n);
  return [
    span.name === (name ?? fullName) ? '' : `is named ${span.name}`,
    span.kind === (kind ?? 0) ? '' : `is of kind ${span.kind}`,
    span.links.length === Number(isLinked) ? '' : 'has other links',
    start !== undefined && end !== undefined && end >= start ? '' : 'ends before it starts',
    ...Object.entries(wanted).map(([key, value]) =>
      isDeepStrictEqual(span.attributes[key], value) ? '' : `has another ${key}`,
    ),
  ].filter((problem) => problem !== '');
}

function attributeOf({ attribute }: MethodPlan, given: unknown): unknown {
  if (attribute === 'mapped') return typeof given;
  if (attribute !== 'as it is') return undefined;
  if (typeof given === 'bigint') return String(given);
  const isPlain = ['string', 'number', 'boolean'].includes(typeof given);
  const isPlainArray = Array.isArray(given) && given.every((one) => typeof one === 'number');
  return isPlain || isPlainArray ? given : undefined;
}
