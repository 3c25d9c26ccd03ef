import { freePort } from '@shop/otlp/free-port';
import { fileURLToPath } from 'node:url';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { tree } from './support/tree.ts';

let app: TracedApp;
beforeAll(async () => {
  const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
  app = await TracedApp.start('grpc-app', { env: { GRPC_PORT: await freePort(), PROTO } });
});
afterAll(() => app[Symbol.asyncDispose]());

function one(spans: Span[], kind: Span['kind'], name: string): Span {
  const found = spans.find((span) => span.kind === kind && span.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} in ${tree(spans)}`);
  return found;
}

it('rules 11, 12: a unary call is one trace', async () => {
  expect(tree(await app.trace('/unary/a'))).toMatchInlineSnapshot(`
    "
    app SERVER GET /unary/:text 200
      · info request completed
      app INTERNAL Http.unary
        app INTERNAL Caller.unary
          · info calling with a
          app CLIENT streams.Streams/Unary OK
            app SERVER streams.Streams/Unary OK
              app INTERNAL Answers.unary
                · info answering
    "
  `);
});

it('@CurrentSpan() gives a handler its span, also beside a message that has no decorator', async () => {
  const spans = await app.trace('/unary/abc');
  expect(one(spans, 'INTERNAL', 'Answers.unary').attributes).toMatchObject({ 'text.length': 3 });
});

it('a @Traced() handler has one span, and the server span says which it was', async () => {
  const spans = await app.trace('/upload');
  expect(spans.filter((span) => span.name === 'Answers.upload')).toHaveLength(1);
  expect(one(spans, 'SERVER', 'streams.Streams/Upload').attributes).toMatchObject({
    'nestjs.controller': 'Answers',
    'nestjs.callback': 'upload',
  });
});

it('rules 2, 12: calls that follow each other are siblings below the traced Observable', async () => {
  expect(tree(await app.trace('/in-turn'))).toMatchInlineSnapshot(`
    "
    app SERVER GET /in-turn 200
      · info request completed
      app INTERNAL Http.inTurn
        app INTERNAL Caller.inTurn
          app CLIENT streams.Streams/Download OK
            app SERVER streams.Streams/Download OK
              app INTERNAL Answers.download
                · info sending 1
                · info sending 2
          app CLIENT streams.Streams/Unary OK
            app SERVER streams.Streams/Unary OK
              app INTERNAL Answers.unary
                · info answering
          app CLIENT streams.Streams/Unary OK
            app SERVER streams.Streams/Unary OK
              app INTERNAL Answers.unary
                · info answering
    "
  `);
});

it('rule 11: in a client stream the handler has the messages', async () => {
  expect(tree(await app.trace('/upload'))).toMatchInlineSnapshot(`
    "
    app SERVER GET /upload 200
      · info request completed
      app INTERNAL Http.upload
        app CLIENT streams.Streams/Upload OK
          app SERVER streams.Streams/Upload OK
            app INTERNAL Answers.upload
              · info got a
              · info got b
    "
  `);
});

it('rule 11: in a bidirectional stream every message has the context of the call', async () => {
  expect(tree(await app.trace('/chat'))).toMatchInlineSnapshot(`
    "
    app SERVER GET /chat 200
      · info request completed
      app INTERNAL Http.chat
        app CLIENT streams.Streams/Chat OK
          app SERVER streams.Streams/Chat OK
            · info got a
            · info got b
            app INTERNAL Answers.chat
    "
  `);
});

it('rules 4, 11: an expected error is ERROR for the client only', async () => {
  const spans = await app.trace('/unary/not-found');
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    app SERVER GET /unary/:text 500 ERROR
      · error 5 NOT_FOUND: nothing there [Error: 5 NOT_FOUND: nothing there]
      · info request errored [Error: failed with status code 500]
      app INTERNAL Http.unary ERROR: 5 NOT_FOUND: nothing there
        app INTERNAL Caller.unary ERROR: 5 NOT_FOUND: nothing there
          · info calling with not-found
          · exception [Error: 5 NOT_FOUND: nothing there]
          app CLIENT streams.Streams/Unary NOT_FOUND ERROR: nothing there
            app SERVER streams.Streams/Unary NOT_FOUND
              app INTERNAL Answers.unary NOT_FOUND
                · info answering
    "
  `);
  const code = { 'rpc.grpc.status_code': 5 };
  expect(one(spans, 'CLIENT', 'streams.Streams/Unary')).toMatchObject({
    status: { code: 'ERROR' },
    attributes: code,
  });
  expect(one(spans, 'SERVER', 'streams.Streams/Unary')).toMatchObject({
    status: { code: 'UNSET' },
    attributes: code,
  });
});

it('rules 3, 11: a plain Error is UNKNOWN on both sides, and told where it arose', async () => {
  const spans = await app.trace('/unary/crash');
  expect(tree(spans)).toMatchInlineSnapshot(`
    "
    app SERVER GET /unary/:text 500 ERROR
      · error 2 UNKNOWN: Internal server error [Error: 2 UNKNOWN: Internal server error]
      · info request errored [Error: failed with status code 500]
      app INTERNAL Http.unary ERROR: 2 UNKNOWN: Internal server error
        app INTERNAL Caller.unary ERROR: 2 UNKNOWN: Internal server error
          · info calling with crash
          · exception [Error: 2 UNKNOWN: Internal server error]
          app CLIENT streams.Streams/Unary UNKNOWN ERROR: Internal server error
            app SERVER streams.Streams/Unary UNKNOWN ERROR: Internal server error
              · error out of order [TypeError: out of order]
              app INTERNAL Answers.unary ERROR: out of order
                · info answering
                · exception [TypeError: out of order]
    "
  `);
  for (const kind of ['CLIENT', 'SERVER'] as const) {
    expect(one(spans, kind, 'streams.Streams/Unary')).toMatchObject({
      status: { code: 'ERROR' },
      attributes: { 'rpc.grpc.status_code': 2 },
    });
  }
});

it('rule 11: attributes of both sides', async () => {
  const spans = await app.trace('/chat');
  const common = {
    'rpc.system': 'grpc',
    'rpc.service': 'streams.Streams',
    'rpc.method': 'Chat',
    'rpc.grpc.status_code': 0,
    'rpc.messages_sent': 2,
    'rpc.messages_received': 2,
    'server.address': '127.0.0.1',
    'server.port': expect.any(Number),
    'network.peer.address': '127.0.0.1',
    'network.peer.port': expect.any(Number),
    'network.transport': 'tcp',
    'network.type': 'ipv4',
  };
  expect(one(spans, 'CLIENT', 'streams.Streams/Chat').attributes).toEqual(common);
  expect(one(spans, 'SERVER', 'streams.Streams/Chat').attributes).toEqual({
    ...common,
    'nestjs.controller': 'Answers',
    'nestjs.callback': 'chat',
    'client.address': '127.0.0.1',
    'client.port': expect.any(Number),
  });
});
