import type { Span } from '@shop/otlp';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCallsApp } from './support/calls-app.ts';
import type { TracedApp } from './support/traced-app.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await startCallsApp({ HANDLER_SPANS: '1' });
  await app.trace('/call/unary/connect');
});
afterAll(() => app[Symbol.asyncDispose]());

const kinds = ['unary', 'download', 'upload', 'uploadCall', 'chat', 'chatCall'];
const watched = ['download', 'upload', 'chat'];

interface Call {
  readonly client: Span;
  readonly server: Span;
  readonly handler: Span;
}

/** The spans of a call, of which there must be just one of each. */
async function call(path: string): Promise<Call> {
  const spans = await app.traceOf(5, `/call/${path}`);
  const one = (kind: Span['kind'], name: string): Span => {
    const found = spans.filter((span) => span.kind === kind && span.name.startsWith(name));
    expect(found.map((span) => span.name)).toHaveLength(1);
    return found[0]!;
  };
  return {
    client: one('CLIENT', 'calls.'),
    server: one('SERVER', 'calls.'),
    handler: one('INTERNAL', 'Calls.'),
  };
}

function status({ attributes }: Span): unknown {
  return attributes['rpc.grpc.status_code'];
}

it.each(kinds.flatMap((kind) => [`${kind}/busy-after-600`, `${kind}/busy-after-600-crash`]))(
  'rule 32: a server span ends when its status is handed to the transport: %s',
  async (path) => {
    const { client, server, handler } = await call(path);
    expect(status(server)).toBe(path.endsWith('crash') ? 2 : 0);
    // In between the process was busy with something else.
    expect(Number(client.end - server.end) / 1e6).toBeGreaterThanOrEqual(500);
    expect(handler.end).toBeLessThanOrEqual(server.end);
  },
);

it.each(kinds)(
  'rule 32: a large answer is handed over before the caller has it: %s',
  async (kind) => {
    const { client, server, handler } = await call(`${kind}/large-4000000`);
    expect(status(server)).toBe(0);
    expect(handler.end).toBeLessThanOrEqual(server.end);
    expect(server.end).toBeLessThanOrEqual(client.end);
  },
);

it.each(
  watched.flatMap((kind) => [
    [`${kind}/never?cancel=reached`, 1],
    [`${kind}/never?deadline=150`, 4],
  ]),
)('rule 32: a call that is cut off ends once its handler was told: %s', async (path, code) => {
  const { server, handler } = await call(String(path));
  expect(status(server)).toBe(code);
  expect(handler.end).toBeLessThanOrEqual(server.end);
  expect(server.events.concat(handler.events).every(({ time }) => time <= server.end)).toBe(true);
});

it('rule 32: a call that the app gives up has ended when the app goes on', async () => {
  const env = { GRPC_URL: `127.0.0.1:${await freePort()}`, TCP_PORT: await freePort() };
  await using gateway = await startCallsApp({ ...env, ROLE: 'gateway' }, 'mixed-calls-app');
  await using _service = await startCallsApp({ ...env, ROLE: 'service' }, 'mixed-calls-app');
  for (let i = 0; i < 10; i++) {
    const spans = await gateway.traceOf(3, '/impatient');
    const client = spans.find(({ kind }) => kind === 'CLIENT')!;
    const caller = spans.find(({ name }) => name === 'Gateway.impatient')!;
    expect(status(client)).toBe(1);
    expect(client.end).toBeLessThanOrEqual(caller.end);
  }
});
