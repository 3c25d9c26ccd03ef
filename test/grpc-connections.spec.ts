import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { attributesOf, calls, startCallsApp } from './support/calls-app.ts';

const where = ['server.', 'network.', 'client.'];
const tcp = { 'network.transport': 'tcp', 'network.type': 'ipv4' };

it('rule 11: over a unix socket', async () => {
  const path = join(tmpdir(), `${randomUUID()}.sock`);
  await using app = await startCallsApp({ GRPC_URL: `unix:${path}` });
  const spans = await app.traceOf(3, '/call/chat/a');
  expect(attributesOf(spans, 'CLIENT', ...where)).toEqual({
    'server.address': path,
    'network.peer.address': path,
    'network.transport': 'unix',
  });
  expect(attributesOf(spans, 'SERVER', ...where)).toEqual({ 'server.address': 'localhost' });
});

it.each([
  ['localhost', (port: number) => `localhost:${port}`, 'localhost', true],
  ['dns', (port: number) => `dns:///localhost:${port}`, 'localhost', true],
  ['several addresses', (port: number) => `ipv4:127.0.0.1:${port},127.0.0.1:1`, undefined, false],
] as const)('rule 11: load-balanced addresses: %s', async (_, target, address, hasPort) => {
  const port = await freePort();
  const GRPC_TARGET = target(Number(port));
  await using app = await startCallsApp({ GRPC_URL: `127.0.0.1:${port}`, GRPC_TARGET });
  const spans = await app.traceOf(3, '/call/unary/a');
  expect(attributesOf(spans, 'CLIENT', ...where)).toEqual({
    'server.address': address ?? GRPC_TARGET,
    ...(hasPort && { 'server.port': Number(port) }),
    'network.peer.address': '127.0.0.1',
    'network.peer.port': Number(port),
    ...tcp,
  });
});

it('rule 11: load-balanced addresses: round_robin tells to which of them each call went', async () => {
  const [first, second] = [await freePort(), await freePort()];
  const config = { loadBalancingConfig: [{ round_robin: {} }] };
  await using app = await startCallsApp({
    GRPC_URL: `127.0.0.1:${first}`,
    GRPC_URL_2: `127.0.0.1:${second}`,
    GRPC_TARGET: `ipv4:127.0.0.1:${first},127.0.0.1:${second}`,
    CHANNEL_OPTIONS: JSON.stringify({ 'grpc.service_config': JSON.stringify(config) }),
  });
  const ports = new Set<unknown>();
  // The first calls go to whichever is connected first.
  for (let i = 0; i < 50 && ports.size < 2; i++) {
    const spans = await app.traceOf(3, '/call/unary/a');
    const { 'network.peer.port': port } = attributesOf(spans, 'CLIENT', 'network.peer.port');
    ports.add(String(port));
  }
  expect(ports).toEqual(new Set([first, second].map(String)));
});

it('rule 11: over IPv6', async () => {
  const port = Number(await freePort());
  await using app = await startCallsApp({ GRPC_URL: `[::1]:${port}` });
  const spans = await app.traceOf(3, '/call/unary/a');
  const common = {
    'server.address': '::1',
    'server.port': port,
    'network.peer.address': '::1',
    'network.transport': 'tcp',
    'network.type': 'ipv6',
  };
  expect(attributesOf(spans, 'CLIENT', ...where)).toEqual({ ...common, 'network.peer.port': port });
  expect(attributesOf(spans, 'SERVER', ...where)).toEqual({
    ...common,
    'network.peer.port': expect.any(Number),
    'client.address': '::1',
    'client.port': expect.any(Number),
  });
});

it('rule 11: over TLS', async () => {
  const GRPC_URL = `localhost:${await freePort()}`;
  const pem = (name: string): string =>
    fileURLToPath(new URL(`fixtures/tls/localhost.${name}.pem`, import.meta.url));
  const TLS = { GRPC_URL, TLS_CERT: pem('cert'), TLS_KEY: pem('key') };
  await using app = await startCallsApp(TLS);
  const spans = [await app.traceOf(3, '/call/unary/a'), await app.traceOf(3, '/call/chat/a')];
  expect(calls(...spans)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Chat OK
        app SERVER calls.Calls/Chat OK
    "
  `);
  const common = {
    'server.address': 'localhost',
    'server.port': Number(GRPC_URL.split(':')[1]),
    'network.peer.address': expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    'network.peer.port': expect.any(Number),
    'network.transport': 'tcp',
    'network.type': expect.stringMatching(/^ipv[46]$/),
  };
  expect(attributesOf(spans[1] ?? [], 'CLIENT', ...where)).toEqual(common);
  expect(attributesOf(spans[1] ?? [], 'SERVER', ...where)).toMatchObject(common);

  await using stranger = await startCallsApp({ ...TLS, ROLE: 'client', IS_TRUSTED: 'false' });
  const refused = await stranger.traceOf(2, '/call/unary/a');
  expect(attributesOf(refused, 'CLIENT', 'rpc.grpc', 'error', 'network')).toEqual({
    'rpc.grpc.status_code': 14,
    'error.type': 'UNAVAILABLE',
  });
});

it('rule 11: a server that comes late, and dies under a call', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  await using app = await startCallsApp({ ROLE: 'client', GRPC_URL });
  const patient = app.traceOf(2, '/call/unary/a?waitForReady=1');
  const impatient = await app.traceOf(2, '/call/unary/a');
  expect(attributesOf(impatient, 'CLIENT', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 14 });
  await using server = await startCallsApp({ ROLE: 'server', GRPC_URL });
  expect(attributesOf(await patient, 'CLIENT', 'rpc.grpc', 'network.peer')).toEqual({
    'rpc.grpc.status_code': 0,
    'network.peer.address': '127.0.0.1',
    'network.peer.port': Number(GRPC_URL.split(':')[1]),
  });
  const dying = await app.traceOf(2, '/call/chat/die');
  expect(attributesOf(dying, 'CLIENT', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 14 });
  await server.exit;
  const absent = await app.traceOf(2, '/call/unary/a');
  expect(attributesOf(absent, 'CLIENT', 'rpc.grpc', 'error', 'network')).toEqual({
    'rpc.grpc.status_code': 14,
    'error.type': 'UNAVAILABLE',
  });
});

it('rule 11: a caller that never reads, and whose process dies', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  await using server = await startCallsApp({ ROLE: 'server', GRPC_URL });
  await using app = await startCallsApp({ ROLE: 'client', GRPC_URL });
  const isBlocked = once(server.process, 'message');
  void app.fetch('/call/chatCall/flood?deaf=1').catch(() => {});
  expect((await isBlocked)[0]).toBe('blocked');
  await app.stop('SIGKILL');
  await server.receiver.waitFor((spans) => spans.length > 0);
  expect(attributesOf(server.receiver.spans, 'SERVER', 'rpc.grpc', 'error')).toEqual({
    'rpc.grpc.status_code': 1,
  });
});

it('rules 11, 22: a server that closes ends the spans of its streams, and sends them', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  const OTEL_BSP_SCHEDULE_DELAY = '3600000';
  await using server = await startCallsApp({ ROLE: 'server', GRPC_URL, OTEL_BSP_SCHEDULE_DELAY });
  await using app = await startCallsApp({ ROLE: 'client', GRPC_URL });
  const spans = await app.traceOf(2, '/call/download/close');
  expect(attributesOf(spans, 'CLIENT', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 1 });
  expect(await server.exit).toBe(0);
  expect(attributesOf(server.receiver.spans, 'SERVER', 'rpc.grpc')).toEqual({
    'rpc.grpc.status_code': 1,
  });
});

it('rules 22, 32: a server that closes ends the spans of all its calls, and what is below them', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  const env = { ROLE: 'server', GRPC_URL, HANDLER_SPANS: '1', OTEL_BSP_SCHEDULE_DELAY: '3600000' };
  await using server = await startCallsApp(env);
  await using app = await startCallsApp({ ROLE: 'client', GRPC_URL });
  const kinds = ['unary', 'download', 'upload', 'chat'];
  let waiting = 0;
  server.process.on('message', (message) => {
    if (message === 'waiting') waiting++;
  });
  for (let i = 0; i < 40; i++) {
    void app.fetch(`/call/${kinds[i % kinds.length]}/never`).catch(() => {});
  }
  await expect.poll(() => waiting, { timeout: 20_000 }).toBe(40);
  server.process.send('close');
  expect(await server.exit).toBe(0);
  const { spans } = server.receiver;
  const answering = spans.filter(({ kind }) => kind === 'SERVER');
  expect(answering).toHaveLength(40);
  expect(new Set(answering.map(({ attributes }) => attributes['rpc.grpc.status_code']))).toEqual(
    new Set([1]),
  );
  const byId = new Map(answering.map((span) => [span.spanId, span]));
  const handlers = spans.filter(({ kind }) => kind === 'INTERNAL');
  // Nest does not tell the handler of a unary call that its caller has gone.
  expect(handlers.length).toBeGreaterThanOrEqual(30);
  for (const { parentSpanId, end } of handlers) {
    expect(end).toBeLessThanOrEqual(byId.get(parentSpanId ?? '')!.end);
  }
});

it('rules 11, 22: an app that closes ends the spans of the calls that it has open', async () => {
  // It sends one message, the text `a`, and then nothing.
  const server = createServer().on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ 'content-type': 'application/grpc' });
    stream.write(Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x61]));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const GRPC_TARGET = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using app = await startCallsApp({ ROLE: 'client', GRPC_TARGET });
    for (const kind of ['download', 'chat']) await app.fetch(`/call/${kind}/a?goesOn=1`);
    await app.stop();
    const open = app.receiver.spans.filter((span) => span.kind === 'CLIENT');
    expect(open.map(({ name, status, attributes }) => [name, status.code, attributes])).toEqual(
      ['Download', 'Chat'].map((method) => [
        `calls.Calls/${method}`,
        'ERROR',
        expect.objectContaining({ 'rpc.grpc.status_code': 1, 'rpc.messages_received': 1 }),
      ]),
    );
  } finally {
    server.close();
  }
});

it('rule 11: a call that the service config retries has one client span, which tells of it', async () => {
  const retryPolicy = {
    maxAttempts: 3,
    initialBackoff: '0.01s',
    maxBackoff: '0.01s',
    backoffMultiplier: 1,
    retryableStatusCodes: ['UNAVAILABLE'],
  };
  const config = { methodConfig: [{ name: [{ service: 'calls.Calls' }], retryPolicy }] };
  const CHANNEL_OPTIONS = JSON.stringify({ 'grpc.service_config': JSON.stringify(config) });
  await using app = await startCallsApp({ CHANNEL_OPTIONS });
  const spans = await app.traceOf(4, '/call/unary/busy-once');
  expect(calls(spans)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary UNAVAILABLE ERROR: busy
          · exception [Error: busy]
        app SERVER calls.Calls/Unary OK
    "
  `);
  const attempts = 'metadata.grpc-previous-rpc-attempts';
  expect(attributesOf(spans, 'CLIENT', 'rpc.grpc')).toEqual({
    'rpc.grpc.status_code': 0,
    [`rpc.grpc.response.${attempts}`]: ['1'],
  });
  const tries = spans.filter((span) => span.kind === 'SERVER' && span.name === 'calls.Calls/Unary');
  expect(tries.map((span) => span.attributes[`rpc.grpc.request.${attempts}`])).toEqual([
    undefined,
    ['1'],
  ]);

  const vain = await app.traceOf(5, '/call/unary/code-14');
  expect(calls(vain)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary UNAVAILABLE ERROR: code-14
        app SERVER calls.Calls/Unary UNAVAILABLE ERROR: code-14
          · exception [Error: code-14]
        app SERVER calls.Calls/Unary UNAVAILABLE ERROR: code-14
          · exception [Error: code-14]
        app SERVER calls.Calls/Unary UNAVAILABLE ERROR: code-14
          · exception [Error: code-14]
    "
  `);
});

it('rule 11: messages larger than the two sides may send', async () => {
  const CHANNEL_OPTIONS = JSON.stringify({ 'grpc.max_send_message_length': 1000 });
  await using app = await startCallsApp({ CHANNEL_OPTIONS });
  for (const kind of ['unary', 'chat']) {
    // The server may have the call by then, or not.
    const spans = await app.traceOf(2, `/call/${kind}/send-2000`);
    expect(attributesOf(spans, 'CLIENT', 'rpc.grpc', 'error')).toEqual({
      'rpc.grpc.status_code': 8,
      'error.type': 'RESOURCE_EXHAUSTED',
    });
  }
  const traces = [];
  for (const kind of ['unary', 'chat']) {
    traces.push(await app.traceOf(3, `/call/${kind}/large-2000`));
  }
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary RESOURCE_EXHAUSTED ERROR: Sent message larger than max (2008 vs. 1000)
        app SERVER calls.Calls/Unary RESOURCE_EXHAUSTED
      app CLIENT calls.Calls/Chat RESOURCE_EXHAUSTED ERROR: Sent message larger than max (2008 vs. 1000)
        app SERVER calls.Calls/Chat RESOURCE_EXHAUSTED
    "
  `);
});

it('rule 11: a compressed call', async () => {
  const CHANNEL_OPTIONS = JSON.stringify({ 'grpc.default_compression_algorithm': 2 });
  await using app = await startCallsApp({ CHANNEL_OPTIONS });
  expect(calls(await app.traceOf(3, '/call/chat/a'))).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Chat OK
        app SERVER calls.Calls/Chat OK
    "
  `);
});

it.each([
  ['rpc', {}],
  ['rpc/dup', { 'rpc.system': 'grpc', 'rpc.service': 'calls.Calls', 'rpc.grpc.status_code': 5 }],
])('rule 11: the keys of OTEL_SEMCONV_STABILITY_OPT_IN=%s', async (optIn, old) => {
  await using app = await startCallsApp({ OTEL_SEMCONV_STABILITY_OPT_IN: optIn });
  const spans = await app.traceOf(3, '/call/unary/code-5');
  const keys = {
    ...old,
    'rpc.system.name': 'grpc',
    'rpc.method': 'calls.Calls/Unary',
    'rpc.response.status_code': 'NOT_FOUND',
  };
  expect(attributesOf(spans, 'CLIENT', 'rpc', 'error')).toEqual({
    ...keys,
    'error.type': 'NOT_FOUND',
  });
  expect(attributesOf(spans, 'SERVER', 'rpc', 'error')).toEqual(keys);
});
