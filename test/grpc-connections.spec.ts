import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { attributesOf, calls, startCallsApp } from './support/calls-app.ts';

const where = ['server.', 'network.'];

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
    'server.address': address ?? GRPC_TARGET.slice('ipv4:'.length),
    ...(hasPort && { 'server.port': Number(port) }),
    'network.peer.address': '127.0.0.1',
    'network.peer.port': Number(port),
  });
});

it('rule 11: over IPv6', async () => {
  const port = Number(await freePort());
  await using app = await startCallsApp({ GRPC_URL: `[::1]:${port}` });
  const spans = await app.traceOf(3, '/call/unary/a');
  const server = { 'server.address': '::1', 'server.port': port };
  expect(attributesOf(spans, 'CLIENT', ...where)).toEqual({
    ...server,
    'network.peer.address': '::1',
    'network.peer.port': port,
  });
  expect(attributesOf(spans, 'SERVER', ...where)).toEqual({
    ...server,
    'network.peer.address': '::1',
    'network.peer.port': expect.any(Number),
  });
});

it('rule 11: a server that nobody is, and one that dies under the call', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  await using server = await startCallsApp({ ROLE: 'server', GRPC_URL });
  await using app = await startCallsApp({ ROLE: 'client', GRPC_URL });
  const dying = await app.traceOf(2, '/call/chat/die');
  expect(attributesOf(dying, 'CLIENT', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 14 });
  await server.exit;
  const absent = await app.traceOf(2, '/call/unary/a');
  expect(attributesOf(absent, 'CLIENT', 'rpc.grpc', 'error', 'network')).toEqual({
    'rpc.grpc.status_code': 14,
    'error.type': 'UNAVAILABLE',
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
