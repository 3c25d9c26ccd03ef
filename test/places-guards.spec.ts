import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permutations } from './fixtures/permutations.ts';
import { TracedApp } from './support/traced-app.ts';
import { tree } from './support/tree.ts';

const ofMethod = ['Traced', 'UseGuards', 'Role', 'SetMetadata', 'Get'];
const ofClass = ['Traced', 'UseGuards', 'Role', 'SetMetadata', 'Controller'];

const admin = { headers: { 'x-role': 'admin' } };
const editor = { headers: { 'x-role': 'editor' } };

describe.each(['on', 'off'])('handler spans %s', (HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-guards-app', { env: { HANDLER_SPANS } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it.each([
    ['method', ofMethod],
    ['class', ofClass],
  ])(
    'rule 5: a route stays protected, whatever the order of decorators on a %s',
    async (on, names) => {
      const orders = permutations(names).map((order) => order.join('-'));
      expect(orders).toHaveLength(120);
      for (const order of orders) {
        const path = `/${on}/${order}`;
        const answers = [
          await app.fetch(path),
          await app.fetch(path, editor),
          await app.fetch(path, admin),
        ];
        expect([order, ...answers.map(({ status }) => status)]).toEqual([order, 403, 403, 200]);
        expect(await answers[2]?.text()).toBe(`${order} for admin`);
      }
    },
  );

  it('rules 1, 5: guards for the app and for a method have their spans, with the tracer of their module', async () => {
    const spans = await app.trace('/of-method', editor);
    expect(tree(spans)).toMatchInlineSnapshot(`
      "
      app SERVER GET /of-method 200
        · info request completed
        app INTERNAL ClosedGuard.canActivate
        app INTERNAL RoleGuard.canActivate
        app INTERNAL of the method
      "
    `);
    expect(new Set(spans.map((span) => span.scope))).toEqual(
      new Set(['nestjs-tracing', 'app/guards']),
    );
  });

  it('rule 5: the metadata of a class holds for its method, and that of the method before it', async () => {
    const status = async (path: string, who?: RequestInit): Promise<number> =>
      (await app.fetch(path, who)).status;
    expect([await status('/of-class', admin), await status('/of-class', editor)]).toEqual([
      200, 403,
    ]);
    expect([await status('/of-method', admin), await status('/of-method', editor)]).toEqual([
      403, 200,
    ]);
    expect(await status('/of-class')).toBe(403);
  });

  it('rule 5: a guard that refuses keeps the handler from running', async () => {
    expect(tree(await app.trace('/of-class', editor))).toMatchInlineSnapshot(`
      "
      app SERVER GET /of-class 403
        · info request completed
        app INTERNAL ClosedGuard.canActivate
        app INTERNAL RoleGuard.canActivate
      "
    `);
  });
});
