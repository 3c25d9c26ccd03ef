import type { Attributes, Link, SpanKind } from '@opentelemetry/api';
import { tracingError } from '../tracing.error.js';

/** The options of `@Traced()`. */
export interface TracedOptions {
  /** The name of the span. @default `Class.method` */
  name?: string;
  /** @default `SpanKind.INTERNAL` */
  kind?: SpanKind;
  /** Attributes that every span of the method has. */
  attributes?: Attributes;
  /** The tracer by the name given to `forFeature`. @default the tracer of the class's module */
  tracer?: string;
  /** Starts a new trace instead of continuing the active one. @default false */
  root?: boolean;
  links?: Link[];
  /** Returns attributes from the arguments of the method, when the call starts. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the contract's type
  arguments?: (...args: any[]) => Attributes;
  /**
   * Returns attributes from the result of the call, when its span ends without an error: the returned
   * value, the resolved value of a promise, the last value of an Observable, the return value of a
   * generator.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the contract's type
  result?: (value: any) => Attributes;
  /**
   * Whether a thrown value makes the span an ERROR.
   * @default false for an `HttpException` below 500 and for an `RpcException` whose gRPC code is not an
   *   error of the server, else true
   */
  isError?: (error: unknown) => boolean;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isName = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const expected: Record<keyof TracedOptions, [what: string, holds: (value: unknown) => boolean]> = {
  name: ['a non-empty string', isName],
  kind: ['a SpanKind of @opentelemetry/api', (kind) => [0, 1, 2, 3, 4].includes(kind as number)],
  attributes: ['an object of attributes', isObject],
  tracer: ['a name given to forFeature()', isName],
  root: ['true or false', (value) => typeof value === 'boolean'],
  links: ['an array of links', Array.isArray],
  arguments: ['a function of the arguments', isFunction],
  result: ['a function of the result', isFunction],
  isError: ['a function of what was thrown', isFunction],
};

/** @throws TracingError TRACING_EMPTY_NAME, TRACING_INVALID_OPTION. */
export function tracedOptions(given: string | TracedOptions, place: string): TracedOptions {
  const options = typeof given === 'string' ? { name: given } : given;
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(expected, key)) {
      const known = `one of ${Object.keys(expected).join(', ')}`;
      throw tracingError('TRACING_INVALID_OPTION', place, key, known);
    }
    const [what, holds] = expected[key as keyof TracedOptions];
    if (value === undefined || holds(value)) continue;
    if (key === 'name' && typeof value === 'string')
      throw tracingError('TRACING_EMPTY_NAME', place);
    throw tracingError('TRACING_INVALID_OPTION', place, key, what);
  }
  return options;
}
