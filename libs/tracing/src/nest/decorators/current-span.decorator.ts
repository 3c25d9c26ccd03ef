import { INVALID_SPAN_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { addToParameters, parametersOf } from './span-attribute.decorator.js';

const metadataKey = Symbol.for('nestjs-tracing.current-span');

/**
 * Injects the span of the call into a parameter of a controller handler or of a `@Traced()` method: the
 * span of the method, else the active span, else a non-recording span. If the method has no span of its
 * own, a span passed by the caller is kept, for example by a unit test.
 *
 * @example `place(order: Order, @CurrentSpan() span?: Span)`
 * @throws TracingError TRACING_NOT_A_METHOD on a parameter of a constructor.
 */
export function CurrentSpan(): ParameterDecorator {
  return addToParameters(metadataKey, '@CurrentSpan()', (index) => index);
}

/** Sets the arguments of `@CurrentSpan()` parameters to the span of the method, or the active span. */
export type FillInSpan = (args: unknown[], own?: Span) => unknown[];

/** Returns undefined for a method without `@CurrentSpan()` parameters. */
export function fillInSpanOf(target: object, method: string | symbol): FillInSpan | undefined {
  const indexes = parametersOf<number>(metadataKey, target, method);
  if (indexes.length === 0) return undefined;
  return (args, own) => {
    const filled = [...args];
    for (const index of indexes) filled[index] = own ?? spanOf(args[index]);
    return filled;
  };
}

function spanOf(given: unknown): unknown {
  const isSpan = typeof given === 'object' && given !== null && 'spanContext' in given;
  return isSpan ? given : (trace.getActiveSpan() ?? trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
}
