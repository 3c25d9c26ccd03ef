import type { Attributes, Link, SpanKind } from '@opentelemetry/api';
import type { Method } from './imitate.js';
import { traceMethod } from './trace-method.js';

export interface TracedOptions {
  /** The name of the span. @default `Class.method` */
  name?: string;
  /** @default `SpanKind.INTERNAL` */
  kind?: SpanKind;
  /** Attributes that every span of the method has. */
  attributes?: Attributes;
  /** The tracer by the name given to `forFeature`. @default the tracer of the class's module */
  tracer?: string;
  /** Begins a new trace instead of going on with the active one. @default false */
  root?: boolean;
  links?: Link[];
  /** Which thrown values are errors of the span. @default rule 4: no `HttpException` below 500 ... */
  isError?: (error: unknown) => boolean;
}

/**
 * Makes a span of each call of a method, as a child of the span that is active.
 *
 * The span ends before a value or a throw leaves, with a promise when it settles, with an Observable
 * when a subscription ends. Without `TracingModule` the method behaves as if undecorated.
 */
export function Traced(options: string | TracedOptions = {}): MethodDecorator {
  const given = typeof options === 'string' ? { name: options } : options;
  return (target, key, descriptor) => {
    if (typeof descriptor?.value !== 'function') {
      throw new TypeError(
        `@Traced() stands on ${String(key)}, which is no method: put it on a method, ` +
          'and not on a property or an accessor.',
      );
    }
    const method = descriptor.value as unknown as Method;
    descriptor.value = traceMethod(
      method,
      target,
      key,
      given,
    ) as unknown as typeof descriptor.value;
  };
}
