import { tracingError } from '../tracing.error.js';
import { sharedSymbol } from '../../span/process-state.js';
import { isTraced, type Method } from './copy-method-metadata.js';
import { nameOf, traceMethod } from './trace-method.js';
import { tracedOptions, type TracedOptions } from './traced-options.js';

/** Marks a class whose methods are traced. */
const tracedClass = sharedSymbol('traced class');

/**
 * Creates a span for each call of a method, or of every own method of a class. The span is a child of the
 * active span.
 *
 * The span ends before the method returns or throws, or when a promise settles or a subscription to an
 * Observable ends. Without `TracingModule`, the method behaves as if it were not decorated.
 *
 * @example `@Traced('orders.place') place(order: Order) { ... }`
 * @param options the name of the span, or an object of options; a name is not allowed on a class
 * @throws TracingError TRACING_NOT_A_METHOD on a property or an accessor, TRACING_TRACED_TWICE,
 *   TRACING_NAME_ON_CLASS, TRACING_EMPTY_NAME, TRACING_INVALID_OPTION.
 */
export function Traced(options: string | TracedOptions = {}): ClassDecorator & MethodDecorator {
  const decorate = (
    target: object,
    key?: string | symbol,
    descriptor?: TypedPropertyDescriptor<unknown>,
  ): void => {
    if (key === undefined) decorateClass(target as Function, options);
    else decorateMethod(target, key, descriptor, options);
  };
  return decorate as ClassDecorator & MethodDecorator;
}

function decorateClass(type: Function, given: string | TracedOptions): void {
  const options = tracedOptions(given, `@Traced() on the class ${type.name}`);
  if (options.name !== undefined) {
    throw tracingError('TRACING_NAME_ON_CLASS', options.name, type.name);
  }
  if (Object.hasOwn(type, tracedClass)) throw tracingError('TRACING_TRACED_TWICE', type.name);
  Object.defineProperty(type, tracedClass, { value: true });
  traceClass(type, options);
}

function decorateMethod(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<unknown> | undefined,
  given: string | TracedOptions,
): void {
  const place = nameOf(target, key);
  const method = descriptor?.value;
  if (descriptor === undefined || typeof method !== 'function') {
    throw tracingError('TRACING_NOT_A_METHOD', '@Traced()', place);
  }
  if (isTraced(method)) throw tracingError('TRACING_TRACED_TWICE', place);
  const options = tracedOptions(given, `@Traced() on ${place}`);
  descriptor.value = traceMethod(method as Method, target, key, options);
}

/** The methods that Nest calls once, when the app starts or stops. */
const lifecycle = new Set<string | symbol>([
  'constructor',
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
  'afterInit', // of a gateway
]);

/** Traces every own method of a class except accessors, lifecycle hooks and `@Untraced()` methods (rule 6). */
function traceClass(type: Function, options: TracedOptions): void {
  const prototype = type.prototype as object;
  for (const key of Reflect.ownKeys(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    const method: unknown = descriptor?.value;
    if (typeof method !== 'function' || lifecycle.has(key)) continue;
    if (isTraced(method) || isUntraced(prototype, key)) continue;
    const traced = traceMethod(method as Method, prototype, key, options);
    Object.defineProperty(prototype, key, { ...descriptor, value: traced });
  }
}

const metadataKey = Symbol.for('nestjs-tracing.untraced');

/**
 * Excludes a method from the `@Traced()` of its class.
 * @example `@Untraced() toString() { ... }`
 */
export function Untraced(): MethodDecorator {
  return (target, key) => Reflect.defineMetadata(metadataKey, true, target, key);
}

function isUntraced(target: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(metadataKey, target, key);
}
