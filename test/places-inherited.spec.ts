import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

describe.each([
  ['first', 'birds'],
  ['last', 'birds-late'],
])('a controller that is the base of another, and is read %s', (BASE, birds) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-inherited-app', { env: { BASE } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it.each([
    ['/birds', ['owl', 'wren'], ['Birds.list', birds, 'Birds']],
    ['/owls', ['barn owl'], ['Owls.list', 'others', 'Owls']],
    ['/numbers', [2, 1], ['Numbers.list', 'others', 'Numbers']],
  ])(
    'a handler that is inherited has the name of its controller: %s',
    async (path, answer, told) => {
      expect(await (await app.fetch(path)).json()).toEqual(answer);
      const spans = await app.trace(path);
      const [name, tracer, controller] = told;
      expect(spans.filter(({ kind }) => kind === 'INTERNAL')).toMatchObject([
        { name, scope: `app/${tracer}` },
      ]);
      expect(spans.find(({ kind }) => kind === 'SERVER')?.attributes).toMatchObject({
        'nestjs.controller': controller,
        'nestjs.callback': 'list',
      });
    },
  );

  it('rule 1: one that is @Traced() has the name of the class that declares it', async () => {
    for (const [path, tracer] of [
      ['/birds/one/0', birds],
      ['/owls/one/0', 'others'],
    ]) {
      const spans = (await app.trace(path!)).filter(({ kind }) => kind === 'INTERNAL');
      expect(spans).toMatchObject([{ name: 'Crud.one', scope: `app/${tracer}` }]);
    }
  });

  it('rule 5: what is inherited stays guarded, and has its parameters', async () => {
    for (const path of ['/birds', '/owls', '/numbers']) {
      expect((await app.fetch(`${path}/closed`)).status).toBe(403);
      expect(await (await app.fetch(`${path}/span`)).text()).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
    }
  });
});
