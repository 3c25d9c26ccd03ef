// A package of an app may load the other build of nestjs-tracing than the app: they act as one.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Tracer } from '@opentelemetry/api';
import * as esm from 'nestjs-tracing';
import { createTestTracing } from 'nestjs-tracing/testing';

const require = createRequire(import.meta.url);
// By its path, since the package may choose to hand out one build only.
const cjs = require(
  require.resolve('nestjs-tracing/package.json').replace('package.json', 'dist/cjs/index.js'),
) as typeof import('nestjs-tracing', { with: { 'resolution-mode': 'require' } });
assert.notEqual(cjs.Traced, esm.Traced);

@Injectable()
class Shelf {
  constructor(
    @cjs.InjectTracer() readonly tracer: Tracer,
    @cjs.InjectTracer('shelf') readonly named: Tracer,
    @cjs.InjectTracedLogger('shelf') readonly namedLogger: unknown,
    @Inject(cjs.TracedLogger) readonly logger: esm.TracedLogger,
    @Inject(cjs.TracingService) readonly service: esm.TracingService,
  ) {}

  @cjs.Traced()
  find(@cjs.SpanAttribute('book') book: string): string {
    return this.check(book);
  }

  @esm.Traced()
  check(@esm.SpanAttribute('book') book: string): string {
    return this.count(book);
  }

  @cjs.Traced()
  count(book: string): string {
    assert.ok(this.service.traceId());
    this.logger.info('counting');
    return book;
  }
}

@Module({ imports: [cjs.TracingModule.forFeature('shelf')], providers: [Shelf] })
class ShelfModule {}

const tracing = createTestTracing();

@Module({ imports: [tracing.module, ShelfModule] })
class AppModule {}

const quiet = { logger: false, abortOnError: false } as const;
const app = await NestFactory.createApplicationContext(AppModule, quiet);
const shelf = app.get(Shelf, { strict: false });
assert.equal(shelf.find('Emma'), 'Emma');
assert.equal(
  tracing.tree(),
  `
Shelf.find
  Shelf.check
    Shelf.count
      · counting
`,
);
for (const { attributes, instrumentationScope } of tracing.spans()) {
  assert.equal(instrumentationScope.name, 'test/shelf');
  assert.equal(
    attributes['code.function.name'] === 'Shelf.count',
    attributes['book'] === undefined,
  );
}
assert.equal(shelf.tracer, shelf.named);
await app.close();
await tracing.shutdown();

for (const { TracingModule } of [cjs, esm]) {
  assert.throws(() => TracingModule.forFeature(''), { code: 'TRACING_EMPTY_NAME' });

  @Module({ imports: [TracingModule.forRoot({ sampling: 7 })] })
  class WrongModule {}
  await assert.rejects(NestFactory.createApplicationContext(WrongModule, quiet), {
    name: 'TracingSettingsError',
    code: 'TRACING_INVALID_SETTINGS',
  });
}
