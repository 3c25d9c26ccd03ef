import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { tree } from './support/tree.ts';

/** Sends messages over one connection, and gives so many answers. */
async function talk(
  app: TracedApp,
  path: string,
  messages: readonly [event: string, data?: string][],
  count = messages.length,
): Promise<unknown[]> {
  const socket = new WebSocket(app.url.replace('http', 'ws') + path);
  const answers: unknown[] = [];
  const isAnswered = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      answers.push(JSON.parse(String(data)));
      if (answers.length === count) resolve();
    });
  });
  await once(socket, 'open', { signal: AbortSignal.timeout(10_000) });
  for (const [event, data] of messages) socket.send(JSON.stringify({ event, data }));
  await isAnswered;
  socket.close();
  await once(socket, 'close');
  return answers;
}

describe.each(['on', 'off'])('handler spans %s', (HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-gateway-app', { env: { HANDLER_SPANS } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const drawn = async (name: string): Promise<string> => {
    const named = (
      await app.receiver.waitFor((spans) => spans.some((one) => one.name === name))
    ).find((one) => one.name === name);
    expect(named?.scope).toBe('app/sockets');
    return tree(app.receiver.spansOfTrace(named?.traceId ?? ''));
  };

  it('rules 1, 2, 5: a message answered with a value, a promise, an Observable', async () => {
    const answers = await talk(
      app,
      '/methods',
      [
        ['value', 'a'],
        ['promise', 'b'],
        ['several', 'c'],
      ],
      4,
    );
    expect(new Set(answers)).toEqual(
      new Set([
        { event: 'value', data: 'a!' },
        { event: 'promise', data: 'b!' },
        { event: 'several', data: 'c1!' },
        { event: 'several', data: 'c2!' },
      ]),
    );
    expect(await drawn('OfMethods.value')).toMatchInlineSnapshot(`
      "
      app INTERNAL OfMethods.value
        · info answering
      "
    `);
    expect(await drawn('OfMethods.promise')).toMatchInlineSnapshot(`
      "
      app INTERNAL OfMethods.promise
      "
    `);
    expect(await drawn('OfMethods.several')).toMatchInlineSnapshot(`
      "
      app INTERNAL OfMethods.several
        · info sending 1
        · info sending 2
      "
    `);
  });

  it('rule 5: a guarded message stays guarded, and a filter catches what it is for', async () => {
    expect(await talk(app, '/methods', [['closed', 'admin']])).toEqual([{ welcome: 'admin' }]);
    expect(await talk(app, '/methods', [['closed', 'editor']])).toEqual([
      { refused: 'Forbidden resource' },
    ]);
    expect(await talk(app, '/methods', [['broken']])).toEqual([{ refused: 'broken' }]);
    expect(await drawn('OfMethods.broken')).toMatchInlineSnapshot(`
      "
      app INTERNAL OfMethods.broken ERROR: broken
        · exception [Error: broken]
      "
    `);
    expect(await drawn('TellFilter.catch')).toMatchInlineSnapshot(`
      "
      app INTERNAL TellFilter.catch
      "
    `);
  });

  it('rule 6: a gateway whose class is traced: all but what Nest calls itself at the start', async () => {
    expect(await talk(app, '/class', [['count']])).toEqual([{ event: 'count', data: 41 }]);
    const spans = await app.receiver.waitFor((all) =>
      all.some(({ name }) => name === 'OfClass.handleDisconnect'),
    );
    const names = spans.map(({ name }) => name).filter((name) => name.startsWith('OfClass.'));
    expect(new Set(names)).toEqual(
      new Set(['OfClass.handleConnection', 'OfClass.counted', 'OfClass.handleDisconnect']),
    );
  });
});
