import { connect } from 'node:net';
import type { Span } from '@shop/otlp';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

let app: TracedApp;
let port: string;
beforeAll(async () => {
  port = await freePort();
  app = await TracedApp.start('tcp-app', { env: { TCP_PORT: port } });
});
afterAll(() => app[Symbol.asyncDispose]());

const drawn = async (path: string): Promise<string> =>
  tree(await app.trace(path))
    .replaceAll(/^.*· info request .*\n/gm, '')
    // An event is on its way when its producer has ended.
    .replace(' (started after its parent had ended)', '');

/** The span of a client that has no server. */
async function alone(path: string): Promise<Span | undefined> {
  const { traceId, traceparent } = newTrace();
  await app.fetch(path, { headers: { traceparent } });
  const isThere = (span: Span): boolean => span.traceId === traceId && span.kind === 'CLIENT';
  return (await app.receiver.waitFor((spans) => spans.some(isThere))).find(isThere);
}

it('rule 14: a request over TCP is one trace', async () => {
  expect(await drawn('/sum')).toMatchInlineSnapshot(`
    "
    app SERVER GET /sum 200
      app INTERNAL Pages.sum
        app CLIENT {"cmd":"sum"}
          app SERVER {"cmd":"sum"}
            app INTERNAL Answers.sum
              · info adding
    "
  `);
});

it('rule 14: attributes of both sides, by the conventions for RPC', async () => {
  const told = async (from: TracedApp): Promise<unknown[]> =>
    (await from.trace('/sum'))
      .filter((span) => 'rpc.method' in span.attributes)
      .map(({ kind, attributes }) => ({ kind, ...attributes }))
      .toSorted((a, b) => a.kind.localeCompare(b.kind));
  const both = { 'rpc.method': '{"cmd":"sum"}', 'network.transport': 'tcp' };
  const client = { kind: 'CLIENT', ...both, 'server.address': '127.0.0.1' };
  const server = {
    kind: 'SERVER',
    ...both,
    'network.peer.address': '127.0.0.1',
    'network.peer.port': expect.any(Number),
    'nestjs.controller': 'Answers',
    'nestjs.callback': 'sum',
  };
  const old = { 'rpc.system': 'nestjs' };
  expect(await told(app)).toEqual([
    { ...client, ...old, 'server.port': Number(port) },
    { ...server, ...old },
  ]);
  const env = { TCP_PORT: await freePort(), OTEL_SEMCONV_STABILITY_OPT_IN: 'rpc' };
  await using opted = await TracedApp.start('tcp-app', { env });
  const stable = { 'rpc.system.name': 'nestjs' };
  expect(await told(opted)).toEqual([
    { ...client, ...stable, 'server.port': Number(env.TCP_PORT) },
    { ...server, ...stable },
  ]);
});

it('rules 12, 14: messages that follow each other are siblings, and a stream that is left ends', async () => {
  expect(await drawn('/in-turn')).toMatchInlineSnapshot(`
    "
    app SERVER GET /in-turn 200
      app INTERNAL Pages.inTurn
        app CLIENT count
          app SERVER count
            app INTERNAL Answers.count
        app CLIENT {"cmd":"sum"}
          app SERVER {"cmd":"sum"}
            app INTERNAL Answers.sum
              · info adding
    "
  `);
});

it('rules 12, 14: messages that go out at once are siblings', async () => {
  expect(await drawn('/at-once')).toMatchInlineSnapshot(`
    "
    app SERVER GET /at-once 200
      app INTERNAL Pages.atOnce
        app CLIENT {"cmd":"sum"}
          app SERVER {"cmd":"sum"}
            app INTERNAL Answers.sum
              · info adding
        app CLIENT {"cmd":"sum"}
          app SERVER {"cmd":"sum"}
            app INTERNAL Answers.sum
              · info adding
    "
  `);
});

it('rules 4, 14: an expected error is none on the side that answers', async () => {
  expect(await drawn('/fail/expected')).toMatchInlineSnapshot(`
    "
    app SERVER GET /fail/:how 200
      app INTERNAL Pages.fail
        app CLIENT fail NOT_FOUND
          app SERVER fail NOT_FOUND
            app INTERNAL Answers.fail NOT_FOUND
    "
  `);
});

it('rules 4, 14: an error is told where it arose', async () => {
  expect(await drawn('/fail/crash')).toMatchInlineSnapshot(`
    "
    app SERVER GET /fail/:how 200
      app INTERNAL Pages.fail
        app CLIENT fail ERROR: Internal server error
          app SERVER fail ERROR: Internal server error
            · error out of order [TypeError: out of order]
            app INTERNAL Answers.fail ERROR: out of order
              · exception [TypeError: out of order]
    "
  `);
});

it('rule 14: a message that nobody answers is an error of the client', async () => {
  expect(await alone('/unknown')).toMatchObject({
    name: 'unknown',
    status: { code: 'ERROR', message: expect.stringContaining('no matching message handler') },
  });
});

it('rule 14: a client that waits no longer ends its span', async () => {
  expect(await alone('/never')).toMatchObject({ name: 'never', status: { code: 'UNSET' } });
});

it('rule 14: an event has a producer and a consumer', async () => {
  expect(await drawn('/event')).toMatchInlineSnapshot(`
    "
    app SERVER GET /event 200
      app INTERNAL Pages.event
        app PRODUCER happened
          app CONSUMER happened
            app INTERNAL Answers.happened
              · info it has happened
    "
  `);
});

it('rule 15: metadata of any kind does not break a message', async () => {
  for (const metadata of [
    null,
    7,
    'x',
    [],
    { traceparent: 7 },
    { traceparent: 'x', baggage: {} },
  ]) {
    const message = JSON.stringify({ pattern: '{"cmd":"sum"}', data: [1, 2], id: '1', metadata });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`${message.length}#${message}`),
      );
      socket.once('data', (data) => {
        socket.destroy();
        resolve(String(data));
      });
      socket.once('error', reject);
    });
    expect(answer).toContain('"response":3');
  }
});

it('rule 26: with backend none the trace that comes in goes on', async () => {
  const env = { TCP_PORT: await freePort(), TRACING_BACKEND: 'none' };
  await using off = await TracedApp.start('tcp-app', { env });
  const traceId = 'c'.repeat(32);
  const headers = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` };
  expect(await (await off.fetch('/sum', { headers })).text()).toBe('6');
  await expect.poll(() => off.lines.find((line) => line.msg === 'adding')?.trace_id).toBe(traceId);
  expect(off.receiver.spans).toEqual([]);
});
