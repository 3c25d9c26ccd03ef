import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

describe.each([
  ['the logger that is brought', {}],
  ['the LoggerModule of the app', { OWN: 'yes' }],
  ['backend none', { TRACING_BACKEND: 'none' }],
  ['dormant', { TRACING_SAMPLING: 'dormant' }],
  ['Fastify', { ADAPTER: 'fastify' }],
])('%s', (_, env) => {
  let app: TracedApp;
  beforeAll(async () => {
    const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
    const ports = { GRPC_PORT: await freePort(), TCP_PORT: await freePort() };
    app = await TracedApp.start('assign-app', { env: { ...ports, PROTO, ...env } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** The lines of a call by their loggers, each with what was assigned. */
  const linesOf = (text: string): unknown[] =>
    app.lines.filter(({ msg }) => msg?.startsWith(`${text} by `)).map(({ call }) => call ?? 'none');

  it.each([
    ['http', 6],
    ['unary', 6],
    ['chat', 9],
    ['message', 6],
    ['observable', 6],
    ['event', 6],
  ])(
    'what is assigned is on the later lines of that call, and on no others: %s',
    async (way, count) => {
      const calls = ['one', 'two', 'no'].map((name) => `${name}-${way}`);
      await Promise.all(calls.map(async (call) => (await app.fetch(`/${way}/${call}`)).text()));
      for (const call of calls) {
        await expect.poll(() => linesOf(call)).toHaveLength(count);
        expect(new Set(linesOf(call))).toEqual(new Set([call.startsWith('no') ? 'none' : call]));
      }
    },
  );

  it('outside of a call nothing is assigned, and one warning says so', async () => {
    await expect.poll(() => linesOf('scheduled')).toEqual(['none', 'none', 'none']);
    const warnings = app.lines.filter(({ msg }) => msg?.includes('TracedLogger.assign()'));
    expect(warnings.map(({ level, context }) => ({ level, context }))).toEqual([
      { level: 40, context: 'Work' },
    ]);
  });
});
