import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { defer, lastValueFrom, Observable, of, retry, tap, throwError } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';
import type { OutcomeRules } from '../outcome.js';
import { isPlainObservable } from './traced-observable.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

function run<T>(name: string, body: () => T, rules?: OutcomeRules): T {
  return recorder.run(name, body, rules);
}

const log = (message: string): unknown => trace.getActiveSpan()?.addEvent(message);

/** A lazy query, as query builders are: each `then` runs it. */
class Query {
  runs = 0;

  constructor(private readonly outcome: () => unknown) {}

  then(
    resolve: (value: unknown) => unknown,
    reject: (error: unknown) => unknown,
  ): Promise<unknown> {
    this.runs++;
    log(`run ${this.runs}`);
    return Promise.resolve().then(this.outcome).then(resolve, reject);
  }
}

it('rule 2: a thenable is the same object, set off by `then`, and a span each time', async () => {
  const query = new Query(() => 7);
  const result = run('query', () => query);
  expect(result).toBe(query);
  expect([query.runs, recorder.spans.length]).toEqual([0, 0]);
  await expect(result).resolves.toBe(7);
  await expect(result).resolves.toBe(7);
  expect(query.runs).toBe(2);
  expect(recorder.tree()).toBe('\nquery\n  · run 1\nquery\n  · run 2\n');
});

it('rules 2, 3: what a thenable is rejected with is recorded and arrives', async () => {
  const error = new Error('no such table');
  const query = new Query(() => Promise.reject(error));
  await expect(run('query', () => query)).rejects.toBe(error);
  expect(recorder.tree()).toBe('\nquery ERROR: no such table\n  · run 1\n  · exception\n');
});

it('rule 2: a subclass of Promise keeps its class, and is one span', async () => {
  class Special extends Promise<number> {}
  const special = run('special', () => Special.resolve(7));
  expect(special).toBeInstanceOf(Special);
  expect([await special, await special]).toEqual([7, 7]);
  expect(recorder.tree()).toBe('\nspecial\n');
});

it('a thenable that nobody asks leaves no span', () => {
  const query = run('query', () => new Query(() => 1));
  recorder.stop();
  expect([query.runs, recorder.spans.length]).toEqual([0, 0]);
});

it('rule 2: a generator: from the first step to done, active inside each step', () => {
  function* count(): Generator<number, string, number> {
    const got = yield 1;
    log(`got ${got}`);
    yield 2;
    return 'end';
  }
  const generator = run('count', count);
  expect(recorder.spans).toEqual([]);
  expect(generator.next()).toEqual({ value: 1, done: false });
  expect(generator.next(5)).toEqual({ value: 2, done: false });
  expect(recorder.spans).toEqual([]);
  expect(generator.next()).toEqual({ value: 'end', done: true });
  expect(generator.next()).toEqual({ value: undefined, done: true });
  expect(recorder.tree()).toBe('\ncount\n  · got 5\n');
});

it('rule 2: an async generator: a break ends it, and so does a throw', async () => {
  async function* count(fail: boolean): AsyncGenerator<number> {
    for (let i = 0; ; i++) {
      await Promise.resolve();
      log(`step ${i}`);
      if (fail) throw new Error('out of numbers');
      yield i;
    }
  }
  for await (const i of run('breaks', () => count(false))) if (i === 1) break;
  await expect(run('fails', () => count(true)).next()).rejects.toThrow('out of numbers');
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    breaks
      · step 0
      · step 1
    fails ERROR: out of numbers
      · step 0
      · exception
    "
  `);
});

it('rule 2: what is between the steps belongs to the caller', async () => {
  function* twice(): Generator<number> {
    yield 1;
    yield 2;
  }
  run('caller', () => {
    for (const n of run('twice', twice)) run(`between ${n}`, () => undefined);
  });
  expect(recorder.tree()).toBe('\ncaller\n  between 1\n  between 2\n  twice\n');
});

it('rule 2: an async iterable that is not a generator stays the same object', async () => {
  const stream = Readable.from(['a', 'b']);
  const result = run('stream', () => stream);
  expect(result).toBe(stream);
  expect(recorder.spans).toEqual([]);
  const read: unknown[] = [];
  for await (const chunk of result) read.push(chunk);
  expect(read).toEqual(['a', 'b']);
  expect(recorder.tree()).toBe('\nstream\n');
});

it('a generator that is left before it began leaves no span', () => {
  function* never(): Generator<number> {
    yield 1;
  }
  expect(run('never', never).return(3)).toEqual({ value: 3, done: true });
  recorder.stop();
  expect(recorder.spans).toEqual([]);
});

it.each([
  ['a frozen thenable', Object.freeze({ then: () => 1 })],
  ['an object whose getters throw', new Proxy({}, { get: () => raise(new Error('hands off')) })],
  ['an array', [1, 2]],
  ['a string', 'text'],
])('%s is handed on as it is', (_, value) => {
  expect(run('value', () => value) === value).toBe(true);
  expect(recorder.tree()).toBe('\nvalue\n');
});

function raise(error: unknown): never {
  throw error;
}

it('rule 2: an object that a method keeps is intercepted once, and belongs to the latest call', async () => {
  const kept = new Query(() => 7);
  for (let i = 0; i < 100; i++) run('kept', () => kept);
  const { then } = kept;
  await recorder.tracer.startActiveSpan('caller', async (caller) => {
    run('kept', () => kept);
    expect(kept.then).toBe(then);
    await kept;
    caller.end();
  });
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    caller
      kept
        · run 1
    "
  `);
  // Another method that hands it on has a span of its own.
  recorder.reset();
  await run('outer', () => run('kept', () => kept));
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    outer
      kept
        · run 2
    "
  `);
});

it('rule 2: so is an Observable of a class of its own', () => {
  class Kept<T> extends Observable<T> {}
  const kept = new Kept<number>((subscriber) => {
    log('subscribed');
    subscriber.complete();
  });
  for (let i = 0; i < 100; i++) expect(run('kept', () => kept)).toBe(kept);
  kept.subscribe();
  kept.subscribe();
  run('kept', () => kept).subscribe();
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    kept
      · subscribed
    kept
      · subscribed
    kept
      · subscribed
    "
  `);
});

it('rule 2: an Observable that a promise resolves to goes on with the span of the call', async () => {
  const source = run('later', async () => {
    await Promise.resolve();
    return of(1, 2).pipe(tap((n) => run(`inside ${n}`, () => undefined)));
  });
  const observable = await source;
  expect(recorder.spans).toEqual([]);
  expect(await lastValueFrom(observable)).toBe(2);
  expect(recorder.tree()).toBe('\nlater\n  inside 1\n  inside 2\n');
});

it('rules 2, 3: so it is when the Observable fails, and when it is subscribed to again', async () => {
  let tries = 0;
  const observable = await run('later', async () =>
    defer(() => (++tries < 2 ? throwError(() => new Error('no')) : of(tries))),
  );
  expect(await lastValueFrom(observable.pipe(retry(1)))).toBe(2);
  expect(recorder.tree()).toBe('\nlater ERROR: no\n  · exception\nlater\n');
});

it('rule 2: what a subclass of Promise resolves to is followed too', async () => {
  class Special extends Promise<Observable<number>> {}
  const observable = await run('special', () => Special.resolve(of(1)));
  expect(await lastValueFrom(observable)).toBe(1);
  expect(recorder.tree()).toBe('\nspecial\n');
});

it('rule 2: what the call has waited for counts, also if nobody subscribes', async () => {
  await run('later', () => setTimeout(20, of(1)));
  recorder.stop();
  const [seconds, nanos] = recorder.span('later').duration;
  expect(seconds * 1000 + nanos / 1e6).toBeGreaterThan(15);
});

it('a stream that a promise resolves to has been obtained by then, and is not touched', async () => {
  const stream = Readable.from([1]);
  const before = Reflect.ownKeys(stream);
  expect(await run('stream', async () => stream)).toBe(stream);
  expect(Reflect.ownKeys(stream)).toEqual(before);
  expect(recorder.tree()).toBe('\nstream\n');
});

it.each<[string, object]>([
  ['a plain one', {}],
  ['one that can be called', () => undefined],
])('a Proxy that has every method is taken for nothing else: %s', (_, target) => {
  const proxy: object = new Proxy(target, {
    get: (__, key) => (key === Symbol.toStringTag ? 'Generator' : () => proxy),
    has: () => true,
  });
  expect(run('proxy', () => proxy)).toBe(proxy);
  expect(recorder.tree()).toBe('\nproxy\n');
  expect(isPlainObservable(proxy)).toBe(false);
});

it('a Proxy of an Observable is one', async () => {
  const proxy = new Proxy(of(1), {});
  expect(await lastValueFrom(run('proxy', () => proxy))).toBe(1);
  expect(recorder.tree()).toBe('\nproxy\n');
});
