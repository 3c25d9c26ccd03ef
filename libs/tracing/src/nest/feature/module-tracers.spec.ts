import 'reflect-metadata';
import { Injectable, Module, Scope, type Provider } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { expect, it, vi } from 'vitest';
import { FEATURE_NAMES } from '../tokens.js';
import { ModuleTracers } from './module-tracers.js';

/** A Nest module with a tracer of its own. */
function featureModule(name: string, providers: Provider[]): Function {
  @Module({ providers: [{ provide: FEATURE_NAMES, useValue: [name] }] })
  class Names {}
  @Module({ imports: [Names], providers })
  class Feature {}
  return Feature;
}

@Injectable()
class InBoth {}

@Injectable({ scope: Scope.REQUEST })
class OfRequest {}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {}

class Product {
  readonly name = 'tea';
}

class OfNoModule {
  readonly name = 'nobody';
}

async function start() {
  const first = featureModule('first', [
    InBoth,
    OfRequest,
    Transient,
    { provide: 'product', useFactory: async () => Promise.resolve(new Product()) },
    { provide: 'nothing', useFactory: () => undefined },
    { provide: 'of request', scope: Scope.REQUEST, useFactory: () => new Product() },
    { provide: 'below it', inject: ['of request'], useFactory: () => new Product() },
  ]);
  const second = featureModule('second', [InBoth, OfRequest, Transient]);
  @Module({ imports: [first as never, second as never] })
  class Root {}
  const app = await NestFactory.createApplicationContext(Root, { logger: false });
  const modules = app.get(ModulesContainer);
  const packages = new ModuleTracers(modules);
  packages.start();
  return {
    app,
    modules,
    packages,
    first: app.select(first as never),
    second: app.select(second as never),
  };
}

it('finds the module of an instance, where several provide its class', async () => {
  const { app, packages, first, second } = await start();
  const name = (type: Function, instance: object): string | undefined =>
    packages.get(type, instance)?.name;
  expect(name(InBoth, first.get(InBoth, { strict: true }))).toBe('first');
  expect(name(InBoth, second.get(InBoth, { strict: true }))).toBe('second');
  expect(name(OfRequest, await second.resolve(OfRequest, undefined, { strict: true }))).toBe(
    'first',
  );
  expect(name(Product, first.get('product'))).toBe('first');
  expect(name(OfNoModule, new OfNoModule())).toBeUndefined();
  expect(packages.hasCreated(second.get(InBoth, { strict: true }))).toBe(true);
  expect(packages.hasCreated(await second.resolve(OfRequest, undefined, { strict: true }))).toBe(
    false,
  );
  await app.close();
});

it.each<[string, Function, (app: Awaited<ReturnType<typeof start>>) => Promise<object>]>([
  ['of a class that no module provides', OfNoModule, async () => new OfNoModule()],
  ['of a class of two modules', InBoth, async ({ second }) => second.get(InBoth, { strict: true })],
  [
    'of one request',
    OfRequest,
    async ({ second }) => second.resolve(OfRequest, undefined, { strict: true }),
  ],
  ['made by a factory', Product, async ({ first }) => first.get('product')],
])('rule 8: walks through no list of providers for an instance %s', async (_, type, get) => {
  const started = await start();
  const instance = await get(started);
  started.packages.get(type, instance);
  const walks = [...started.modules.values()].map(({ providers }) =>
    vi.spyOn(providers, Symbol.iterator),
  );
  const filter = vi.spyOn(Array.prototype, 'filter');
  for (let call = 0; call < 10; call++) started.packages.get(type, instance);
  started.packages.get(type, await get(started));
  const filtered = filter.mock.calls.length;
  filter.mockRestore();
  expect(walks.map((walk) => walk.mock.calls.length)).toEqual(walks.map(() => 0));
  expect(filtered).toBe(0);
  await started.app.close();
});
