import { context } from '@opentelemetry/api';
import { BodySpan } from './body-span.js';
import type { DeferredSpan } from './deferred-span.js';
import { methodOf } from './method-of.js';
import type { Outcome } from './outcome.js';

type Step = (this: unknown, ...args: unknown[]) => unknown;

export function isGenerator(value: unknown): value is object {
  return methodOf(value, 'next') !== undefined && generatorTags.has(tagOf(value as object));
}

const generatorTags: ReadonlySet<unknown> = new Set(['Generator', 'AsyncGenerator']);

function tagOf(value: object): unknown {
  try {
    return Reflect.get(value, Symbol.toStringTag);
  } catch {
    return undefined;
  }
}

/** A stream, a cursor: what can be iterated asynchronously, and is no iterator itself. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return methodOf(value, Symbol.asyncIterator) !== undefined;
}

/**
 * Makes a generator's span last from its first step to done, throw or `return()`, and active inside
 * each step (rule 2). It stays the same object.
 */
export function tracedGenerator<T extends object>(
  generator: T,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): T {
  return traceSteps(generator, new BodySpan(bodySpan, generator), outcome);
}

/** The same for each iteration of an async iterable. */
export function tracedIterable<T extends object>(
  iterable: T,
  bodySpan: DeferredSpan,
  outcome: Outcome,
): T {
  const spans = new BodySpan(bodySpan, iterable);
  const iterate = Reflect.get(iterable, Symbol.asyncIterator) as () => object;
  return replace(iterable, Symbol.asyncIterator, function (this: unknown) {
    return traceSteps(Reflect.apply(iterate, this, []), spans, outcome);
  });
}

function traceSteps<T extends object>(iterator: T, spans: BodySpan, outcome: Outcome): T {
  let span: DeferredSpan | undefined;
  let isEnded = false;
  const end = (finish: (span: DeferredSpan) => void): void => {
    if (span !== undefined && !isEnded) finish(span);
    isEnded = true;
  };
  const fault = (error: unknown): never => {
    end((span) => outcome.fail(span, error));
    throw error;
  };
  const check = (result: unknown): unknown => {
    if (typeof result === 'object' && result !== null && Reflect.get(result, 'done')) {
      end((span) => outcome.succeed(span, Reflect.get(result, 'value')));
    }
    return result;
  };
  for (const name of ['next', 'return', 'throw'] as const) {
    const step = methodOf(iterator, name);
    if (step === undefined) continue;
    replace(iterator, name, function (this: unknown, ...args: unknown[]) {
      // One that is left before it began has done nothing.
      if (isEnded || (span === undefined && name !== 'next'))
        return Reflect.apply(step, this, args);
      span ??= spans.take().span;
      let result: unknown;
      try {
        result = context.with(span.activate(), step as Step, this, ...args);
      } catch (error) {
        return fault(error);
      }
      return result instanceof Promise ? result.then(check, fault) : check(result);
    });
  }
  return iterator;
}

function replace<T extends object>(target: T, key: string | symbol, method: Step): T {
  Object.defineProperty(target, key, { configurable: true, writable: true, value: method });
  return target;
}
