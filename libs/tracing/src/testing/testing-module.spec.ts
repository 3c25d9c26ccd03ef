import 'reflect-metadata';
import { Injectable, Module, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Tracer } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { InjectTracer } from '../nest/feature/inject-tracer.decorator.js';
import { Traced } from '../nest/decorators/traced.decorator.js';
import { TracedLogger } from '../nest/logger/traced-logger.js';
import { TracingModule } from '../nest/tracing.module.js';
import { TracingService } from '../nest/tracing.service.js';
import { createTestTracing, type TestTracing } from './create-test-tracing.js';

let tracing: TestTracing;
beforeEach(() => {
  tracing = createTestTracing();
});
afterEach(() => tracing.shutdown());

@Injectable()
class Oven {
  @Traced()
  heat(): string {
    return 'hot';
  }
}

@Injectable()
class Bakery {
  constructor(
    readonly oven: Oven,
    readonly logger: TracedLogger,
    @InjectTracer() readonly tracer: Tracer,
  ) {}

  @Traced()
  bake(): string {
    this.logger.info('baking');
    return this.oven.heat();
  }
}

@Module({ imports: [TracingModule.forFeature('bakery')], providers: [Oven, Bakery] })
class BakeryModule {}

const build = () => Test.createTestingModule({ imports: [tracing.module, BakeryModule] });

it('overrideProvider: a class in the place of another is traced as of its module', async () => {
  class Microwave extends Oven {
    @Traced()
    override heat(): string {
      return `${super.heat()} quickly`;
    }
  }
  const module = await build().overrideProvider(Oven).useClass(Microwave).compile();
  expect(module.get(Bakery).bake()).toBe('hot quickly');
  expect(tracing.tree()).toMatchInlineSnapshot(`
    "
    Bakery.bake
      · baking
      Microwave.heat
        Oven.heat
    "
  `);
  expect(new Set(tracing.spans().map((span) => span.instrumentationScope.name))).toEqual(
    new Set(['test/bakery']),
  );
  await module.close();
});

it('overrideProvider: a value in the place of a class makes no spans, and breaks none', async () => {
  const module = await build()
    .overrideProvider(Oven)
    .useValue({ heat: () => 'cold' })
    .compile();
  expect(module.get(Bakery).bake()).toBe('cold');
  expect(tracing.tree()).toBe('\nBakery.bake\n  · baking\n');
  await module.close();
});

it('overrideProvider: parts of the library can be replaced by what a test gives', async () => {
  const said: string[] = [];
  const module = await build()
    .overrideProvider(TracedLogger)
    .useValue({ info: (message: string) => said.push(message) })
    .overrideProvider(TracingService)
    .useValue({ traceId: () => 'mine' })
    .compile();
  expect(module.get(Bakery).bake()).toBe('hot');
  expect(said).toEqual(['baking']);
  expect(module.get(TracingService).traceId()).toBe('mine');
  await module.close();
});

it('overrideModule: the test’s module replaces the app’s forRoot()', async () => {
  const root = TracingModule.forRoot({ service: 'real' });
  @Module({ imports: [root, BakeryModule] })
  class AppModule {}
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideModule(root)
    .useModule(tracing.module)
    .compile();
  expect(module.get(Bakery, { strict: false }).bake()).toBe('hot');
  expect(tracing.spans().map((span) => span.resource.attributes['service.name'])).toEqual([
    'test',
    'test',
  ]);
  await module.close();
});

it('rule 6: request-scoped and transient providers that a test resolves are traced', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    @Traced()
    work(): void {}
  }
  @Injectable({ scope: Scope.TRANSIENT })
  class PerUse {
    @Traced()
    work(): void {}
  }
  const module = await Test.createTestingModule({
    imports: [tracing.module, TracingModule.forFeature('scoped')],
    providers: [PerRequest, PerUse],
  }).compile();
  (await module.resolve(PerRequest)).work();
  (await module.resolve(PerUse)).work();
  expect(
    tracing.spans().map(({ name, instrumentationScope }) => [name, instrumentationScope.name]),
  ).toEqual([
    ['PerRequest.work', 'test/scoped'],
    ['PerUse.work', 'test/scoped'],
  ]);
  await module.close();
});

it('a module that is compiled again with the same tracing records into it', async () => {
  for (let i = 0; i < 2; i++) {
    const module = await build().compile();
    module.get(Bakery).bake();
    await module.close();
  }
  expect(tracing.spans().map((span) => span.name)).toEqual([
    'Oven.heat',
    'Bakery.bake',
    'Oven.heat',
    'Bakery.bake',
  ]);
});
