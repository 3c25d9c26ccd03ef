import { describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

const TOKEN = 'correct-horse-battery';
const path = '/api/tracing/control';

async function send(
  app: TracedApp,
  method: string,
  { body, headers }: { body?: unknown; headers?: Record<string, string> } = {},
  to = path,
): Promise<{ status: number; body: unknown }> {
  const answer = await app.fetch(to, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  it('rule 26: an endpoint turns tracing on and off', async () => {
    await using app = await TracedApp.start('control-endpoint-app', { env: { ADAPTER, TOKEN } });
    expect(await send(app, 'GET')).toEqual({ status: 200, body: { mode: 'dormant', ratio: 0 } });
    expect(await send(app, 'POST')).toEqual({ status: 200, body: { mode: 'on', ratio: 1 } });
    await app.fetch('/api/v1/page');
    await app.receiver.waitFor((spans) => spans.length >= 2);
    const { body } = await send(app, 'POST', { body: { for: '10m', ratio: 0.000001 } });
    expect(body).toMatchObject({
      mode: 'on',
      ratio: 0.000001,
      until: expect.any(String) as string,
    });
    expect(await send(app, 'DELETE')).toEqual({ status: 200, body: { mode: 'dormant', ratio: 0 } });
    expect((await send(app, 'POST', { body: { for: 'soon' } })).body).toMatchObject({
      statusCode: 400,
      code: 'TRACING_INVALID_CONTROL',
    });
    await app.stop();
    // The request that has woken the app is not traced.
    const names = app.receiver.spans.map(({ name }) => name);
    expect(names.slice(0, 2).toSorted()).toEqual(['GET /api/v1/page', 'PageController.page']);
    expect(names.filter((name) => name.startsWith('POST'))).toHaveLength(1);
  });

  it.each([
    ['none', ''],
    ['a wrong one', 'Bearer correct-horse-batterx'],
    ['a longer one', `Bearer ${TOKEN}x`],
    ['another scheme', `Basic ${TOKEN}`],
    ['no scheme', TOKEN],
  ])('is closed to a request whose token is %s', async (_, authorization) => {
    await using app = await TracedApp.start('control-endpoint-app', { env: { ADAPTER, TOKEN } });
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await send(app, method, { headers: { authorization } })).status).toBe(401);
    }
    expect((await send(app, 'GET')).body).toEqual({ mode: 'dormant', ratio: 0 });
  });
});

it('a guard of the app admits requests, at a path of its own', async () => {
  const env = { GUARD: 'yes', CONTROL_PATH: 'ops/tracing' };
  await using app = await TracedApp.start('control-endpoint-app', { env });
  const to = '/api/ops/tracing';
  expect((await send(app, 'GET', {}, to)).status).toBe(403);
  const headers = { 'x-user': 'operator' };
  expect((await send(app, 'POST', { headers }, to)).body).toEqual({ mode: 'on', ratio: 1 });
});

it('with backend none it says that there is nothing to enable', async () => {
  const env = { TOKEN, TRACING_BACKEND: 'none' };
  await using app = await TracedApp.start('control-endpoint-app', { env });
  expect(await send(app, 'POST')).toMatchObject({
    status: 409,
    body: { code: 'TRACING_NOTHING_TO_CONTROL' },
  });
});

it.each([
  ['neither a guard nor a token', {}],
  ['a token that is too short', { TOKEN: 'fifteen letters' }],
])('with %s the app does not start', async (given, env) => {
  await using app = await TracedApp.start('control-endpoint-app', { env, serves: false });
  expect(await app.exit).not.toBe(0);
  expect(app.errors).toContain(`TracingControlModule.register() was given ${given}`);
  expect(app.errors).toContain('TRACING_CONTROL_UNGUARDED');
  expect(app.errors).not.toContain('fifteen letters');
});
