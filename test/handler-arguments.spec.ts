import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

describe.each([
  ['express', 'on'],
  ['fastify', 'on'],
  ['express', 'off'],
])('%s, handler spans %s', (ADAPTER, HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
    const ports = { GRPC_PORT: await freePort(), TCP_PORT: await freePort() };
    const env = { ...ports, PROTO, ADAPTER, HANDLER_SPANS };
    app = await TracedApp.start('handler-arguments-app', { env });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** The spans that have one of the attributes, with those that they have. */
  async function argumentsOf(path: string): Promise<unknown[]> {
    const keys = ['page.id', 'page.length', 'left.out', 'broken', 'base.id'];
    return (await app.trace(path)).flatMap(({ kind, name, attributes }) => {
      const found = Object.entries(attributes).filter(([key]) => keys.includes(key));
      return found.length === 0 ? [] : [`${kind} ${name}`, Object.fromEntries(found)];
    });
  }

  const on = (handler: string, server: string): string =>
    HANDLER_SPANS === 'on' ? `INTERNAL ${handler}` : `SERVER ${server}`;

  it.each([
    ['/inherited/7', on('Pages.inherited', 'GET /inherited/:id')],
    ['/overridden/7', on('Pages.overridden', 'GET /overridden/:id')],
    ['/traced/7', 'INTERNAL Pages.traced'],
    ['/grpc/7', on('Calls.unary', 'streams.Streams/Unary')],
    ['/tcp/7', on('Calls.answer', 'answer')],
  ])(
    'rule 7: an argument of a handler is on its span, else on the server span: %s',
    async (path, span) => {
      expect(await argumentsOf(path)).toEqual([span, { 'page.id': '7' }]);
    },
  );

  it('rule 7: what is undefined, or cannot be read, is left out', async () => {
    expect(await argumentsOf('/plain/abc')).toEqual([
      on('Pages.plain', 'GET /plain/:id'),
      { 'page.id': 'abc', 'page.length': 3 },
    ]);
  });
});
