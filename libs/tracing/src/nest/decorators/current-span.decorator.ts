import { INVALID_SPAN_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { addToParameters, parametersOf } from './span-attribute.decorator.js';

const metadataKey = Symbol('nestjs-tracing.current-span');

/**
 * Gives a parameter of a controller handler or of a `@Traced()` method the span of the call: that of
 * the method, else the active one, else a span that records nothing. A span that the caller gives
 * himself, as a unit test may, is kept where the method has none of its own.
 *
 * @example `place(order: Order, @CurrentSpan() span?: Span)`
 * @throws TracingError TRACING_NOT_A_METHOD on a parameter of a constructor.
 */
export function CurrentSpan(): ParameterDecorator {
  return addToParameters(metadataKey, '@CurrentSpan()', (index) => index);
}

/** Puts spans where a method's parameters ask for them: its own, or the one that is there. */
export type FillInSpan = (args: unknown[], own?: Span) => unknown[];

/** Undefined for a method that asks for none. */
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
