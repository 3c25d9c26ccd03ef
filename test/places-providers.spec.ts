import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

/** The spans that a request makes below that of its handler, with their tracers, and what it answers. */
async function call(app: TracedApp, path: string, headers = {}): Promise<unknown[]> {
  const { traceId, traceparent } = newTrace();
  const answer = await (await app.fetch(path, { headers: { ...headers, traceparent } })).text();
  const spans = await app.receiver.waitFor((all) =>
    all.some((span) => span.traceId === traceId && span.kind === 'SERVER'),
  );
  const own = spans.filter((span) => span.traceId === traceId && span.kind !== 'SERVER');
  const told = own.map(({ name, scope }) => `${name}: ${scope}`);
  return [answer, ...told.filter((one) => !/^(Pages|Things|Tenants)\./.test(one))];
}

describe.each(['on', 'off'])('handler spans %s', (HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-providers-app', { env: { HANDLER_SPANS } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('rule 6: an instance a request', async () => {
    expect(await call(app, '/request')).toEqual(['1 for /request', 'OfRequest.tell: app/things']);
    expect(await call(app, '/request')).toEqual(['2 for /request', 'OfRequest.tell: app/things']);
  });

  it('rule 6: an instance an injection', async () => {
    expect(await call(app, '/transient')).toEqual([
      '[1,2,1]',
      ...Array.from({ length: 3 }, () => 'OfInjection.count: app/things'),
    ]);
  });

  it('rule 6: an instance a tenant, which is kept', async () => {
    const answers = [];
    for (const tenant of ['ann', 'bob', 'ann']) {
      answers.push(await call(app, '/tenant', { 'x-tenant': tenant }));
    }
    const told = 'OfTenant.count: app/things';
    expect(answers).toEqual([
      ['ann: ann 1', told],
      ['bob: bob 1', told],
      ['ann: ann 2', told],
    ]);
  });

  it('rule 5: static methods, those named by a symbol, and the private ones of each kind', async () => {
    expect(await call(app, '/shape')).toEqual([
      '3 cm (9) wise 3',
      'Shape.of: app',
      'Shape._suffix: app',
      'Shape.wise: app',
      'Shape.describe: app',
    ]);
  });

  it('rules 2, 6: a class with arrow functions, accessors and a generator', async () => {
    expect(await call(app, '/mixed')).toEqual([
      'arrow! 1 !',
      'Mixed.steps: app/things',
      'Mixed.all: app/things',
    ]);
  });

  it('rule 1: a mixin has the name that its class was declared with', async () => {
    expect(await call(app, '/mixins')).toEqual([
      '["Good day Ann","Oi Bob"]',
      'MixedGreeter.greet: app/things',
      'MixedGreeter.greet: app/things',
    ]);
  });

  it('rule 1: inherited and overridden methods have the name of the class that declares them', async () => {
    expect(await call(app, '/stores')).toEqual([
      '["number, not abstract 7","abstract fake"]',
      'NumberStore.load: app/things',
      'Store.kind: app/things',
      'NumberStore.kind: app/things',
      'Store.save: app/things',
      'Store.kind: app/things',
      'Store.save: app/things',
    ]);
  });

  it('rule 5: what stands under another token is the same', async () => {
    expect(await call(app, '/alias')).toEqual([
      '[true,"number, not abstract"]',
      'Store.kind: app/things',
      'NumberStore.kind: app/things',
    ]);
  });

  it('what a factory makes, and a value, belong to the module that provides them', async () => {
    expect(await call(app, '/made')).toEqual([
      '["made by a factory","made by hand"]',
      'Made.tell: app/things',
      'Made.tell: app/things',
    ]);
  });

  it('an object of a factory is traced by TracingService', async () => {
    expect(await call(app, '/line')).toEqual(['hello!', 'line.call: app/things']);
  });
});
