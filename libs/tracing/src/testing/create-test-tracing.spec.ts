import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import { Traced } from '../nest/decorators/traced.decorator.js';
import { TracingModule } from '../nest/tracing.module.js';
import { createTestTracing, type TestTracing } from './create-test-tracing.js';

const started: TestTracing[] = [];
afterEach(async () => {
  for (const tracing of started.splice(0)) await tracing.shutdown();
});

function start(...given: Parameters<typeof createTestTracing>): TestTracing {
  const tracing = createTestTracing(...given);
  started.push(tracing);
  return tracing;
}

@Injectable()
class Bakery {
  @Traced()
  async bake(): Promise<string> {
    trace.getActiveSpan()?.addEvent('into the oven');
    await Promise.all([this.knead(20), this.knead(1)]);
    return 'bread';
  }

  @Traced({ name: 'knead' })
  async knead(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  @Traced()
  burn(): never {
    throw new Error('too hot');
  }
}

@Module({ imports: [TracingModule.forFeature('bakery')], providers: [Bakery] })
class BakeryModule {}

async function app(tracing: TestTracing): Promise<{ bakery: Bakery; close(): Promise<void> }> {
  @Module({ imports: [tracing.module, BakeryModule] })
  class AppModule {}
  const context = await NestFactory.createApplicationContext(AppModule, {
    logger: false,
    abortOnError: false,
  });
  return { bakery: context.get(Bakery, { strict: false }), close: () => context.close() };
}

it('records @Traced() methods without Nest', async () => {
  const tracing = start();
  const bakery = new Bakery();
  expect(await bakery.bake()).toBe('bread');
  expect(() => bakery.burn()).toThrow('too hot');
  expect(tracing.tree()).toMatchInlineSnapshot(`
    "
    Bakery.bake
      · into the oven
      knead
      knead
    Bakery.burn ERROR: too hot
      · exception
    "
  `);
  expect(tracing.spans().map((span) => span.name)).toEqual([
    'knead',
    'knead',
    'Bakery.bake',
    'Bakery.burn',
  ]);
  tracing.reset();
  expect(tracing.tree()).toBe('\n');
});

it('its module replaces forRoot(), and its spans stay when the app closes', async () => {
  const tracing = start();
  const { bakery, close } = await app(tracing);
  await bakery.bake();
  await close();
  expect(tracing.spans().map((span) => span.instrumentationScope.name)).toEqual([
    'test/bakery',
    'test/bakery',
    'test/bakery',
  ]);
});

it('rule 24: apps of one class are kept apart, also where their tests run at once', async () => {
  const [one, other] = [start(), start({ service: 'other' })];
  const [a, b] = await Promise.all([app(one), app(other)]);
  await Promise.all([a.bakery.bake(), b.bakery.knead(1)]);
  expect([one.tree(), other.tree()]).toEqual([
    '\nBakery.bake\n  · into the oven\n  knead\n  knead\n',
    '\nknead\n',
  ]);
  await Promise.all([a.close(), b.close()]);
});

it.each([
  ['first', 0],
  ['second', 1],
])(
  'rule 24: of two in one process the %s ends first, and the other has whole traces',
  async (_, ends) => {
    const tracings = [start(), start()];
    const modules = await Promise.all(
      tracings.map(({ module }) =>
        Test.createTestingModule({ imports: [module, BakeryModule] }).compile(),
      ),
    );
    const bakeries = modules.map((module) => module.get(Bakery, { strict: false }));
    const driver = trace.getTracer('driver');
    const order = (bakery: Bakery | undefined): unknown =>
      driver.startActiveSpan('order', async (span) => {
        await bakery?.bake();
        span.end();
      });
    await modules[ends]?.close();
    await tracings[ends]?.shutdown();
    await order(bakeries[1 - ends]);
    expect(tracings[1 - ends]?.tree()).toBe(`
order
  Bakery.bake
    · into the oven
    knead
    knead
`);
    await modules[1 - ends]?.close();
    await tracings[1 - ends]?.shutdown();
    expect(trace.getTracer('x').startSpan('x').isRecording()).toBe(false);
  },
);

it('spans of a tracer of one’s own stand among the others in their order', async () => {
  const tracing = start();
  const tracer = trace.getTracer('own');
  const bakery = new Bakery();
  await bakery.knead(0);
  tracer.startSpan('own').end();
  await bakery.knead(0);
  expect(tracing.tree()).toBe('\nknead\nown\nknead\n');
});

it('waitFor waits for the predicate, and its error shows the ended spans', async () => {
  const tracing = start();
  await expect(tracing.waitFor((spans) => spans.length > 0, 1)).rejects.toThrow(
    'waitFor: the predicate did not return true within 1 ms. No span has ended.',
  );
  void new Bakery().knead(5);
  const spans = await tracing.waitFor((spans) => {
    expect(spans).toHaveLength(1); // throws at first
    return true;
  });
  expect(spans.map((span) => span.name)).toEqual(['knead']);
  const failure = tracing.waitFor((spans) => spans.length === 2, 1);
  await expect(failure).rejects.toThrow('Ended spans:\n\nknead\n');
});

it('rule 36: shutdown ends the apps too that a test has not closed', async () => {
  const tracing = start();
  const module = await Test.createTestingModule({
    imports: [tracing.module, BakeryModule],
  }).compile();
  await tracing.shutdown();
  const next = start();
  await module.get(Bakery, { strict: false }).knead(0);
  expect([tracing.tree(), next.tree()]).toEqual(['\n', '\nknead\n']);
});

it('after shutdown nothing more is recorded, and another can start', async () => {
  const first = start();
  await first.shutdown();
  const second = start();
  await new Bakery().knead(0);
  expect([first.spans().length, second.spans().length]).toEqual([0, 1]);
});

it('invalid options throw at once, and the environment is not read', () => {
  expect(() => start({ sampling: 2 })).toThrow(/sampling/);
  process.env['OTEL_SDK_DISABLED'] = 'true';
  try {
    const tracing = start();
    expect(() => new Bakery().burn()).toThrow('too hot');
    expect(tracing.spans()).toHaveLength(1);
  } finally {
    delete process.env['OTEL_SDK_DISABLED'];
  }
});

it('of X-Ray a test has the headers: nothing is looked for, and everything is recorded', async () => {
  const tracing = start({ backend: 'xray', sampling: 'xray' });
  const headers: Record<string, string> = {};
  const span = trace.getTracer('test').startSpan('work');
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), headers);
  span.end();
  await tracing.shutdown();
  expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-.*;Sampled=1$/);
  expect(tracing.spans()[0]?.resource.attributes).not.toHaveProperty('host.id');
});
