import 'reflect-metadata';
import { Logger, NotFoundException } from '@nestjs/common';
import { context, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { lastValueFrom, of } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTestTracing, type TestTracing } from '../../testing/create-test-tracing.js';
import { SpanAttribute } from './span-attribute.decorator.js';
import { Traced } from './traced.decorator.js';

let tracing: TestTracing;
const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
beforeEach(() => {
  tracing = createTestTracing();
});
afterEach(async () => {
  warn.mockClear();
  await tracing.shutdown();
});

const attributes = (): Attributes[] =>
  tracing.spans().map((span) => {
    const { 'code.function.name': _, ...rest } = span.attributes;
    return rest;
  });

it('name, kind, attributes, tracer, root and links are those of the span', () => {
  const link = { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } };
  class Post {
    @Traced({
      name: 'send mail',
      kind: SpanKind.PRODUCER,
      attributes: { a: 1 },
      tracer: 'mail',
      root: true,
      links: [link],
    })
    send(): void {}

    @Traced()
    run(): void {
      this.send();
    }
  }
  new Post().run();
  const [send, run] = tracing.spans();
  expect(send).toMatchObject({
    name: 'send mail',
    kind: SpanKind.PRODUCER,
    attributes: { a: 1, 'code.function.name': 'Post.send' },
    instrumentationScope: { name: 'test/mail' },
    links: [link],
    parentSpanContext: undefined,
  });
  expect(send?.spanContext().traceId).not.toBe(run?.spanContext().traceId);
});

it('`root` begins a trace of its own, recorded also where the trace under way is not', () => {
  class Post {
    @Traced({ root: true })
    send(): void {}

    @Traced()
    sign(): void {}
  }
  const unsampled = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 };
  context.with(trace.setSpanContext(context.active(), unsampled), () => {
    new Post().sign();
    new Post().send();
  });
  expect(tracing.spans()).toMatchObject([{ name: 'Post.send', parentSpanContext: undefined }]);
});

it('`arguments` and `result` put on the span what they make of the call', async () => {
  class Till {
    @Traced({
      arguments: (amount: number, currency?: string) => ({ amount, currency }),
      result: (sum: number) => ({ sum, list: [sum, 'mixed'] as never, own: { x: 1 } as never }),
    })
    add(amount: number, _currency?: string): unknown {
      if (amount === 1) return 11;
      if (amount === 2) return Promise.resolve(12);
      if (amount === 3) return of(1, 13);
      if (amount === 4) return generate();
      throw new Error('no change');
    }
  }
  function* generate(): Generator<number, number> {
    yield 1;
    return 14;
  }
  const till = new Till();
  till.add(1, 'EUR');
  await till.add(2);
  await lastValueFrom(till.add(3) as ReturnType<typeof of>);
  expect([...(till.add(4) as Generator)]).toEqual([1]);
  expect(() => till.add(5)).toThrow('no change');
  expect(attributes()).toEqual([
    { amount: 1, currency: 'EUR', sum: 11 },
    { amount: 2, sum: 12 },
    { amount: 3, sum: 13 },
    { amount: 4, sum: 14 },
    { amount: 5, 'error.type': 'Error' },
  ]);
});

it('rule 7: @SpanAttribute takes primitives and their arrays, and anything else by its function', () => {
  class Shop {
    @Traced()
    buy(
      @SpanAttribute('sku') _sku?: unknown,
      @SpanAttribute('lines', (lines: unknown[]) => lines.length) _lines?: unknown,
    ): void {}
  }
  class Outlet extends Shop {
    @Traced()
    override buy(_lines?: unknown, @SpanAttribute('kind') _kind?: unknown): void {}
  }
  new Shop().buy('a', [1, 2]);
  new Shop().buy(['a', 'b'], [1, 2]);
  new Shop().buy({ an: 'object' }, []);
  new Shop().buy(undefined, []);
  new Shop().buy(['a', 1], []);
  new Outlet().buy('a', 'b');
  expect(attributes()).toEqual([
    { sku: 'a', lines: 2 },
    { sku: ['a', 'b'], lines: 2 },
    { lines: 0 },
    { lines: 0 },
    { lines: 0 },
    { kind: 'b' },
  ]);
});

it('rule 4: isError beats what errors are expected by default', () => {
  class Desk {
    @Traced({ isError: (error) => error instanceof NotFoundException })
    find(error: unknown): void {
      throw error;
    }
  }
  const desk = new Desk();
  expect(() => desk.find(new NotFoundException())).toThrow();
  expect(() => desk.find(new TypeError('fine'))).toThrow();
  expect(tracing.spans().map((span) => span.status.code)).toEqual([
    SpanStatusCode.ERROR,
    SpanStatusCode.UNSET,
  ]);
});

/** Creates a new function each time: the failure of each is logged once. */
const failing = () => (): never => {
  throw new Error('oops');
};

it.each([
  ["'arguments' of Hostile.run", { arguments: failing() }, false],
  ["'result' of Hostile.run", { result: failing() }, false],
  ["'isError' of Hostile.run", { isError: failing() }, true],
  ["'arguments' of Hostile.run", { arguments: async () => failing()() }, false],
  [
    undefined,
    {
      result: () => ({
        get x(): never {
          return failing()();
        },
      }),
    },
    false,
  ],
])('%s that throws is reported once, and never breaks the call', async (what, options, throws) => {
  class Hostile {
    @Traced(options as never)
    run(): string {
      if (throws) throw new Error('its own');
      return 'done';
    }
  }
  for (let i = 0; i < 3; i++) {
    if (throws) expect(() => new Hostile().run()).toThrow('its own');
    else expect(new Hostile().run()).toBe('done');
  }
  await new Promise(setImmediate); // a rejection is reported a tick later
  expect(tracing.spans()).toHaveLength(3);
  if (throws) expect(tracing.spans()[0]?.status.code).toBe(SpanStatusCode.ERROR);
  expect(warn.mock.calls.map(([message]) => message as string)).toEqual(
    what === undefined
      ? []
      : [`${what} has thrown Error: oops. The call goes on; this is logged once.`],
  );
});

it('a function of @SpanAttribute that throws is reported once, and the attribute is left out', () => {
  class Hostile {
    @Traced()
    run(@SpanAttribute('x', failing()) _x: number): void {}
  }
  for (let i = 0; i < 3; i++) new Hostile().run(i);
  expect(attributes()).toEqual([{}, {}, {}]);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining("The function of @SpanAttribute('x') has thrown Error: oops."),
  );
});

it('rule 3: causes and the errors of an AggregateError are kept, and nothing else of them', () => {
  const deep = Object.assign(new Error('disk full'), { password: 'secret' });
  const cause = new AggregateError([new TypeError('one'), 'two', deep], 'all failed');
  const error = new Error('could not save', { cause });
  (deep as Error).cause = error; // in a circle
  class Store {
    @Traced()
    save(): void {
      throw error;
    }
  }
  expect(() => new Store().save()).toThrow(error);
  const stack = tracing.spans()[0]?.events[0]?.attributes?.['exception.stacktrace'] as string;
  const heads = stack.split('\n').filter((line) => !line.startsWith('    at '));
  expect(heads).toEqual([
    'Error: could not save',
    'caused by: AggregateError: all failed',
    'errors[0]: TypeError: one',
    'errors[1]: string: two',
    'errors[2]: Error: disk full',
  ]);
  expect(JSON.stringify(tracing.spans()[0]?.events)).not.toContain('secret');
});

it('rule 9: after the app has gone a method is as if undecorated', async () => {
  await tracing.shutdown();
  class Late {
    @Traced()
    run(): unknown {
      return trace.getActiveSpan();
    }
  }
  expect(new Late().run()).toBeUndefined();
  expect(tracing.spans()).toEqual([]);
});
