import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, expect, it } from 'vitest';
import { createTestTracing, type TestTracing } from '../../testing/create-test-tracing.js';
import { TracingModule } from '../tracing.module.js';
import { Traced } from './traced.decorator.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

@Injectable()
class Listener {
  @Traced()
  hear(): void {}
}

async function start(providers: Function[]): Promise<TestTracing> {
  const tracing = createTestTracing();
  @Module({ imports: [TracingModule.forFeature('ears')], providers: providers as never })
  class EarsModule {}
  @Module({ imports: [tracing.module, EarsModule] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, {
    logger: false,
    abortOnError: false,
  });
  ends.push(() => app.close());
  return tracing;
}

it.each([
  ['an emitter', () => new EventEmitter()],
  ['a subclass that no module provides', () => new (class extends Listener {})()],
  ['an object without a class', () => Object.create(null) as object],
  ['nothing', () => undefined],
])('a method that is called on %s belongs to the module of its class', async (_, of) => {
  const hears = await start([Listener]);
  const other = await start([]);
  Reflect.apply(Listener.prototype.hear, of(), []);
  expect(hears.spans().map(({ instrumentationScope: { name } }) => name)).toEqual(['test/ears']);
  expect(other.spans()).toEqual([]);
});
