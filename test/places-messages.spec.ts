import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permutations } from './fixtures/permutations.ts';
import { TracedApp } from './support/traced-app.ts';

describe.each([
  ['method', 'on'],
  ['method', 'off'],
  ['class', 'on'],
  ['class', 'off'],
])('@Traced() on a %s, handler spans %s', (TRACED, HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
    const [GRPC_PORT, TCP_PORT] = [await freePort(), await freePort()];
    app = await TracedApp.start('places-messages-app', {
      env: { PROTO, GRPC_PORT, TCP_PORT, TRACED, HANDLER_SPANS },
    });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const told = async (path: string): Promise<unknown> => (await app.fetch(path)).json();

  it.each([
    ['unary', { text: 'a!' }],
    ['download', [{ text: 'a1!' }, { text: 'a2!' }]],
    ['upload', { text: 'ab!' }],
    ['chat', [{ text: 'a!' }, { text: 'b!' }]],
  ])('rules 1, 5, 11: %s answers, with one span below that of the call', async (call, answer) => {
    expect(await told(`/${call}`)).toEqual(answer);
    const spans = await app.trace(`/${call}`);
    const server = spans.find(({ kind, name }) => kind === 'SERVER' && name.startsWith('streams.'));
    const own = spans.filter(({ parentSpanId }) => parentSpanId === server?.spanId);
    expect(own).toMatchObject([
      { name: `Of${TRACED === 'class' ? 'Class' : 'Methods'}.${call}`, scope: 'app/messages' },
    ]);
  });

  it('rule 5: a message stays protected, whatever the order of decorators on its handler', async () => {
    const names = ['Traced', 'UseGuards', 'Role', 'MessagePattern'];
    for (const pattern of permutations(names).map((order) => order.join('-'))) {
      const answers = [await told(`/send/${pattern}/admin`)];
      answers.push(await (await app.fetch(`/send/${pattern}/editor`)).text());
      expect(answers).toEqual([{ text: `admin at ${pattern}` }, 'Forbidden resource']);
    }
  });

  it('rules 1, 5: the handler of an event', async () => {
    expect(await told('/emit/hello')).toEqual(['hello']);
    await app.receiver.waitFor((spans) => spans.some(({ name }) => name === 'Events.happened'));
  });
});
