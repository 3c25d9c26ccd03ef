import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  concatMap,
  firstValueFrom,
  from,
  interval,
  lastValueFrom,
  of,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { callContext } from './results/body-span.js';
import type { OutcomeRules } from './outcome.js';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder.dispose());

function run<T>(name: string, body: () => T, rules?: OutcomeRules): T {
  return recorder.run(name, body, rules);
}

const log = (message: string): unknown => trace.getActiveSpan()?.addEvent(message);

it('rule 2: a value ends the span before the call returns', () => {
  expect(run('a', () => 7)).toBe(7);
  expect(recorder.tree()).toBe('\na\n');
});

it('rule 2: a promise keeps the properties that were added to it', async () => {
  const promise = run('a', () => Object.assign(Promise.resolve(7), { child: 'exec' }));
  expect(promise.child).toBe('exec');
  expect(await promise).toBe(7);
  expect(recorder.tree()).toBe('\na\n');
});

it('rule 3: a throw ends the span before it leaves, is recorded once, and arrives untouched', () => {
  const error = new TypeError('no');
  expect(() => run('a', () => run('b', () => raise(error)))).toThrow(error);
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    a ERROR: no
      b ERROR: no
        · exception
    "
  `);
  expect(recorder.span('b').events[0]?.attributes).toMatchObject({
    'exception.type': 'TypeError',
    'exception.message': 'no',
    'exception.stacktrace': error.stack,
  });
  expect(recorder.span('a').attributes).toEqual({ 'error.type': 'TypeError' });
});

it.each([undefined, null, 0, 'text', Symbol('s'), { a: 1 }])(
  'rule 3: %s is thrown as it was',
  async (thrown) => {
    expect.assertions(4);
    try {
      run('sync', () => raise(thrown));
    } catch (caught) {
      expect(caught).toBe(thrown);
    }
    await run('async', () => Promise.reject(thrown)).catch((caught: unknown) => {
      expect(caught).toBe(thrown);
    });
    for (const span of recorder.spans) expect(span.status.code).toBe(SpanStatusCode.ERROR);
  },
);

it('rule 3: the same error in another trace is recorded again', () => {
  const error = new Error('shared');
  for (const name of ['a', 'b']) expect(() => run(name, () => raise(error))).toThrow(error);
  expect(recorder.tree()).toBe(
    '\na ERROR: shared\n  · exception\nb ERROR: shared\n  · exception\n',
  );
});

it('rule 3: an error whose getters throw is survived', () => {
  const hostile = Object.defineProperty(new Error('x'), 'message', {
    get: () => raise(new Error('gotcha')),
  });
  let caught: unknown;
  try {
    run('a', () => raise(hostile));
  } catch (error) {
    caught = error;
  }
  expect(caught === hostile).toBe(true);
  expect(recorder.span('a').status).toEqual({ code: SpanStatusCode.ERROR, message: '' });
});

it('rule 4: expected errors leave their status and no ERROR', () => {
  const notFound = { getStatus: () => 404 };
  const rpc = { getError: () => ({ code: 5, message: 'gone' }) };
  const mine = new Error('mine');
  for (const [name, error] of Object.entries({ notFound, rpc, mine })) {
    expect(() =>
      run(name, () => raise(error), name === 'mine' ? { isError: () => false } : {}),
    ).toThrow();
  }
  expect(recorder.tree()).toBe('\nmine\nnotFound\nrpc\n');
  expect(recorder.span('notFound').attributes).toEqual({ 'http.response.status_code': 404 });
  expect(recorder.span('rpc').attributes).toEqual({ 'rpc.grpc.status_code': 5 });
});

it.each([
  ['a 5xx', { getStatus: () => 503 }],
  ['a gRPC fault', { getError: () => ({ code: 13 }) }],
  ['an RpcException without a code', { getError: () => 'text' }],
])('rule 4: %s is ERROR', (_, error) => {
  expect(() => run('a', () => raise(error))).toThrow();
  expect(recorder.span('a').status.code).toBe(SpanStatusCode.ERROR);
});

it('rule 2: a promise ends the span when it settles, and what it awaits is inside', async () => {
  const result = run('a', async () => {
    await Promise.resolve();
    log('later');
    run('b', () => undefined);
    return 7;
  });
  expect(recorder.spans).toEqual([]);
  await expect(result).resolves.toBe(7);
  expect(recorder.tree()).toBe('\na\n  · later\n  b\n');
});

it('rule 2: an unhandled rejection stays unhandled', async () => {
  const unhandled = new Promise((resolve) => {
    process.once('unhandledRejection', resolve);
  });
  const error = new Error('nobody listens');
  const listeners = process.listeners('unhandledRejection').slice(0, -1);
  for (const listener of listeners) process.off('unhandledRejection', listener);
  void run('a', () => Promise.reject(error));
  await expect(unhandled).resolves.toBe(error);
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

it('rule 2: a subclass of Promise comes back as the very same object', () => {
  class Special extends Promise<number> {}
  const special = Special.resolve(1);
  expect(run('a', () => special)).toBe(special);
});

it('rule 2: an Observable that nobody subscribes to leaves no span', () => {
  run('a', () => of(1));
  recorder.stop();
  expect(recorder.tree()).toBe('\n\n');
});

it('rule 2: what was recorded under an Observable that nobody subscribes to is not lost', () => {
  run('a', () => {
    log('in the body');
    return of(1);
  });
  expect(recorder.spans).toEqual([]);
  recorder.stop();
  expect(recorder.tree()).toBe('\na\n  · in the body\n');
});

it('rule 2: a span a subscription, active in the source, with the same parent', async () => {
  const source = run('parent', () => ({
    value: run('a', () =>
      of(1, 2).pipe(
        concatMap((n) => {
          log(`operator ${n}`);
          return [n];
        }),
      ),
    ),
  })).value;
  await firstValueFrom(source);
  await lastValueFrom(source);
  expect(recorder.tree()).toMatchInlineSnapshot(`
    "
    parent
      a
        · operator 1
      a
        · operator 1
        · operator 2
    "
  `);
});

it('rule 2: the body and its subscription are one span, and it starts at the subscription', async () => {
  const before = Date.now();
  const source = run('a', () => of(1));
  await expect.poll(() => Date.now()).toBeGreaterThan(before + 20);
  const subscribedAt = Date.now();
  await firstValueFrom(source);
  expect(startOf('a')).toBeGreaterThanOrEqual(subscribedAt);
});

it('rule 2: it starts at the call if the body recorded something', async () => {
  const source = run('a', () => {
    log('in the body');
    return of(1);
  });
  const returnedAt = Date.now();
  await expect.poll(() => Date.now()).toBeGreaterThan(returnedAt + 20);
  await firstValueFrom(source);
  expect(recorder.tree()).toBe('\na\n  · in the body\n');
  expect(startOf('a')).toBeLessThan(returnedAt + 1);
});

it('rule 2: a captured call belongs to the span of the subscription that runs it', async () => {
  const source = run('a', () => {
    const callSite = context.active();
    return of(1).pipe(
      concatMap(() => {
        recorder.tracer.startSpan('call', {}, callContext(callSite)).end();
        return of(2);
      }),
    );
  });
  await firstValueFrom(source);
  await firstValueFrom(source);
  expect(recorder.tree()).toBe('\na\n  call\na\n  call\n');
});

it('rule 2: of nested Observables each subscription has its own branch', async () => {
  const source = run('outer', () => run('inner', () => of(1)));
  await firstValueFrom(source);
  await firstValueFrom(source);
  expect(recorder.tree()).toBe('\nouter\n  inner\nouter\n  inner\n');
});

it('rule 2: an error of an Observable is recorded, an unsubscribe is none', async () => {
  const error = new Error('no');
  await expect(firstValueFrom(run('fails', () => throwError(() => error)))).rejects.toBe(error);
  run('left', () => interval(1000))
    .subscribe()
    .unsubscribe();
  expect(recorder.tree()).toBe('\nfails ERROR: no\n  · exception\nleft\n');
});

it('rule 2: a synchronous source stops when its subscriber has enough', () => {
  let made = 0;
  function* endless(): Iterable<number> {
    for (;;) yield made++;
  }
  run('a', () => from(endless()))
    .pipe(take(3))
    .subscribe();
  expect(made).toBe(3);
  expect(recorder.tree()).toBe('\na\n');
});

it('rule 12: what runs downstream of an Observable is in the context of its subscriber', async () => {
  await run('caller', () =>
    firstValueFrom(
      run('a', () => of(1)).pipe(
        concatMap(() => run('b', () => of(2))),
        concatMap(() => run('c', () => of(3))),
      ),
    ),
  );
  expect(recorder.tree()).toBe('\ncaller\n  a\n  b\n  c\n');
});

it('a Subject is handed out as it is', () => {
  const subject = new Subject<number>();
  expect(run('a', () => subject)).toBe(subject);
  expect(recorder.tree()).toBe('\na\n');
});

function startOf(name: string): number {
  const [seconds, nanos] = recorder.span(name).startTime;
  return seconds * 1000 + nanos / 1e6;
}

function raise(error: unknown): never {
  throw error;
}
