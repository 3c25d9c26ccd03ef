import 'reflect-metadata';
import { TraceFlags } from '@opentelemetry/api';
import { SpanAttribute } from '../../src/nest/decorators/span-attribute.decorator.js';
import { Traced, Untraced } from '../../src/nest/decorators/traced.decorator.js';
import type { TracedOptions } from '../../src/nest/decorators/traced-options.js';
import type { IsError, MethodPlan, TraceOptions } from './class-plan.js';

/** Puts a method where it belongs, with its decorators in the order in which they would run. */
export function decorateMethod(
  home: object,
  method: MethodPlan,
  descriptor: PropertyDescriptor,
  isTraced: boolean,
): void {
  const { key } = method;
  Reflect.defineMetadata('design:paramtypes', [Number], home, key);
  if (method.marks.includes('below')) mark(descriptor, 'below');
  if (isTraced) {
    attribute(home, method);
    if (method.isUntraced) Untraced()(home, key, descriptor);
    if (method.options !== undefined) Traced(traced(method.options))(home, key, descriptor);
  }
  if (method.marks.includes('above')) mark(descriptor, 'above');
  Object.defineProperty(home, key, descriptor);
}

export function decorateClass(type: Function, options: TraceOptions): void {
  Traced(traced(options))(type);
}

/** As Nest's own decorators do, which put metadata on the function, and others a property. */
function mark({ value }: PropertyDescriptor, where: string): void {
  Reflect.defineMetadata(`mark ${where}`, where, value as object);
  Reflect.defineMetadata('mark', where, value as object);
  Object.assign(value as object, { [`on${where}`]: where });
}

function attribute(home: object, { key, attribute }: MethodPlan): void {
  if (attribute === 'none') return;
  const maps = {
    'as it is': undefined,
    mapped: (value: unknown) => typeof value,
    throwing: () => {
      throw new Error('the function of an attribute');
    },
  };
  SpanAttribute('first', maps[attribute])(home, key, 0);
}

function traced(options: TraceOptions): TracedOptions {
  const { name, kind, attributes, root } = options;
  return {
    ...(name !== undefined && { name }),
    ...(kind !== undefined && { kind }),
    ...(attributes && { attributes }),
    ...(root !== undefined && { root }),
    ...(options.isLinked && { links: [{ context: linked }] }),
    ...(options.isError !== 'by rule' && { isError: isErrors[options.isError] }),
  };
}

const isErrors: Record<Exclude<IsError, 'by rule'>, (error: unknown) => boolean> = {
  always: () => true,
  never: () => false,
  'if Error': (error) => error instanceof Error,
  throws: () => {
    throw new Error('isError has thrown');
  },
};

const linked = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: TraceFlags.SAMPLED };
