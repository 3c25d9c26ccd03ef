import { Readable } from 'node:stream';
import type { MethodPlan } from './class-plan.js';
import { steps, stepsSoon } from './drive.js';
import type { Instance } from './instance.js';
import type { Call, Run } from './run.js';
import { work } from './work.js';

export function makeGenerator(call: Call, { variant }: MethodPlan, self: Instance): unknown {
  function* generate(): Generator<string, unknown, unknown> {
    const run = call.begin('sync');
    try {
      yield* steps(run, work(run, self, run.plan.work));
      return run.end();
    } catch (error) {
      return run.fail(error);
    } finally {
      leave(run);
    }
  }
  return named(call, settled(generate(), variant, 'next'));
}

export function makeAsyncGenerator(call: Call, { variant }: MethodPlan, self: Instance): unknown {
  return named(call, settled(generateSoon(call, self), variant, 'next'));
}

async function* generateSoon(call: Call, self: Instance): AsyncGenerator<string, unknown, unknown> {
  const run = call.begin('async');
  try {
    yield* stepsSoon(run, work(run, self, run.plan.work));
    return run.endAwaited();
  } catch (error) {
    return run.fail(error);
  } finally {
    leave(run);
  }
}

/** An async iterable that is no generator. Its iterators differ by the variant. */
export function makeIterable(call: Call, { variant }: MethodPlan, self: Instance): unknown {
  const iterable = {
    [Symbol.asyncIterator](this: unknown): unknown {
      call.world.log(call.strand, `${call.id} iterated as ${call.world.show(this)}`);
      const generator = generateSoon(call, self);
      if (variant === 'never') return Object.freeze(generator);
      if (variant === 'bare') return { next: (sent: unknown) => generator.next(sent) };
      if (variant === 'piped') return foreign(generator);
      return generator;
    },
  };
  return named(call, settled(iterable, variant, Symbol.asyncIterator));
}

/** An iterator whose steps are thenables, and no promises. */
function foreign(generator: AsyncGenerator<unknown>): object {
  const thenable = (promise: Promise<unknown>): object => ({
    then: (...handlers: [never, never]) => promise.then(...handlers),
  });
  return {
    next: (sent: unknown) => thenable(generator.next(sent)),
    return: (value: unknown) => thenable(generator.return(value)),
  };
}

/** Reads ahead, so its items tell of no effects. */
export function makeReadable(run: Run, { work: planned }: MethodPlan): unknown {
  const { call } = run;
  async function* items(): AsyncGenerator<string> {
    yield 'a';
    for (const { do: name } of planned) yield name;
    if (call.method?.error !== undefined) throw readError;
  }
  return call.world.label(Readable.from(items()), `readable ${call.id}`);
}

const readError = new Error('cannot read');

function named<T extends object>(call: Call, made: T): T {
  return call.world.label(made, `${call.method?.shape} ${call.id}`);
}

function settled<T extends object>(made: T, variant: string, key: string | symbol): T {
  if (variant === 'frozen') return Object.freeze(made);
  if (variant === 'fixed') {
    const method = Reflect.get(made, key) as unknown;
    Object.defineProperty(made, key, { configurable: false, writable: false, value: method });
  }
  return made;
}

function leave(run: Run): void {
  run.outcome ??= 'left';
  run.call.world.log(run.call.strand, `${run.id} finally`);
}
