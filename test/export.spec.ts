import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { Metadata, status } from '@grpc/grpc-js';
import { OtlpReceiver } from '@shop/otlp';
import { freePort } from '@shop/otlp/free-port';
import type { TracingHealth } from 'nestjs-tracing';
import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

const patience = { timeout: 30_000, interval: 50 };

async function start(env: Readonly<Record<string, string>> = {}): Promise<TracedApp> {
  return TracedApp.start('export-app', { env });
}

async function end(app: TracedApp, first: number, count: number): Promise<void> {
  expect(await (await app.fetch(`/spans/${first}/${count}`)).text()).toBe('ended');
}

async function health(app: TracedApp): Promise<TracingHealth> {
  return (await (await app.fetch('/health')).json()) as TracingHealth;
}

/** The lines of the library about its export. */
function told(app: TracedApp): string[] {
  return app.lines
    .filter(({ context, msg }) => context === 'TracingModule' && !msg?.startsWith('Tracing is on'))
    .map(({ msg = '' }) => msg);
}

async function close(app: TracedApp): Promise<void> {
  app.process.send('close');
  expect(await app.exit).toBe(0);
}

const numbers = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${first + at}`);

const namesOf = (receiver: OtlpReceiver): string[] => receiver.spans.map(({ name }) => name);

const inOrder = (receiver: OtlpReceiver): string[] =>
  namesOf(receiver).toSorted((a, b) => Number(a) - Number(b));

it('rule 35: without a collector, spans wait for it, and the log says what is wrong', async () => {
  const port = await freePort();
  await using app = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  await end(app, 0, 100);
  await expect.poll(() => told(app), patience).toHaveLength(1);
  const failing = await health(app);
  expect(failing).toMatchObject({ state: 'failing', exported: 0, queued: 100 });
  expect(failing.failingSince).toBeDefined();
  expect(failing.lastError).toContain('Nothing listens there: start the collector; in a container');
  expect(told(app)[0]).toContain(`Spans cannot be exported to http://127.0.0.1:${port}. Nothing`);
  await end(app, 100, 1000);
  const receiver = await OtlpReceiver.start({ port: Number(port) });
  try {
    await expect.poll(() => receiver.spanCount, patience).toBe(1100);
    // The oldest are sent alone; when they have arrived, several requests are under way.
    expect(namesOf(receiver).slice(0, 100)).toEqual(numbers(0, 100));
    expect(inOrder(receiver)).toEqual(numbers(0, 1100));
    await expect.poll(() => told(app), patience).toHaveLength(2);
    expect(told(app)[1]).toMatch(
      /^Spans are exported to .* again, after \d+ s\. No spans were lost/,
    );
    expect(await health(app)).toMatchObject({ state: 'ok', exported: 1100, queued: 0 });
    await close(app);
    expect(told(app)).toHaveLength(2);
  } finally {
    await receiver.close();
  }
});

const retryInfo = (seconds: number): Metadata => {
  const type = 'type.googleapis.com/google.rpc.RetryInfo';
  const delay = Buffer.from([0x0a, 0x02, 0x08, seconds]);
  const any = Buffer.concat([
    Buffer.from([0x0a, type.length]),
    Buffer.from(type),
    Buffer.from([0x12, delay.length]),
    delay,
  ]);
  const details = Buffer.concat([Buffer.from([0x08, 0x08, 0x1a, any.length]), any]);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', details);
  return metadata;
};

it.each([
  ['UNAVAILABLE', { code: status.UNAVAILABLE, details: 'restarting' }],
  ['ABORTED', { code: status.ABORTED, details: 'try again' }],
  [
    'RESOURCE_EXHAUSTED with a delay',
    { code: status.RESOURCE_EXHAUSTED, details: 'too fast', metadata: retryInfo(1) },
  ],
])('rules 23, 35: %s for a while loses nothing', async (_, failure) => {
  await using app = await start();
  app.receiver.trouble = { status: failure };
  for (let at = 0; at < 5; at++) await end(app, 400 * at, 400);
  await expect.poll(() => told(app), patience).toHaveLength(1);
  expect(await health(app)).toMatchObject({ state: 'failing', exported: 0, queued: 2000 });
  app.receiver.trouble = {};
  await expect.poll(() => app.receiver.spanCount, patience).toBe(2000);
  expect(inOrder(app.receiver)).toEqual(numbers(0, 2000));
  await expect.poll(() => told(app), patience).toHaveLength(2);
  await close(app);
});

it.each([
  ['INVALID_ARGUMENT', { code: status.INVALID_ARGUMENT, details: 'no' }, 'does not accept'],
  ['RESOURCE_EXHAUSTED', { code: status.RESOURCE_EXHAUSTED, details: 'no' }, 'accepts no more'],
  [
    'UNAUTHENTICATED',
    { code: status.UNAUTHENTICATED, details: 'no' },
    'OTEL_EXPORTER_OTLP_HEADERS',
  ],
  ['UNIMPLEMENTED', { code: status.UNIMPLEMENTED, details: 'no' }, 'accepts no traces'],
])('rule 35: what is refused with %s is lost, counted and told', async (_, failure, reason) => {
  await using app = await start();
  app.receiver.trouble = { status: failure };
  await end(app, 0, 100);
  await expect.poll(() => told(app), patience).toHaveLength(1);
  expect(told(app)[0]).toContain(reason);
  expect(await health(app)).toMatchObject({
    state: 'failing',
    queued: 0,
    dropped: { queueFull: 0, exportFailed: 100, rejected: 0, shutdown: 0 },
  });
  app.receiver.trouble = {};
  await end(app, 100, 10);
  await expect.poll(() => told(app), patience).toHaveLength(2);
  expect(told(app)[1]).toContain('100 spans were lost');
  await close(app);
  expect(told(app)[2]).toContain('100 of 110 were lost, 100 because their export failed');
});

it('rule 35: spans that the collector rejects are counted and told', async () => {
  await using app = await start();
  app.receiver.trouble = { rejected: 7 };
  await end(app, 0, 100);
  await expect
    .poll(() => told(app).join('\n'), patience)
    .toContain(`7 because ${app.receiver.url} rejected them (too old)`);
  expect(await health(app)).toMatchObject({ exported: 93, queued: 0, dropped: { rejected: 7 } });
  await close(app);
});

it('rules 23, 35: a slow collector costs time, and no spans', async () => {
  await using app = await start();
  app.receiver.trouble = { delay: 1000 };
  for (let at = 0; at < 20; at++) await end(app, 1000 * at, 1000);
  await expect.poll(() => app.receiver.spanCount, patience).toBe(20_000);
  await expect
    .poll(() => health(app), patience)
    .toMatchObject({ state: 'ok', exported: 20_000, queued: 0 });
  expect(told(app)).toEqual([]);
  await close(app);
});

it('rules 33, 35: a queue that is full drops spans, and counts each', async () => {
  await using app = await start({ TRACING_MAX_QUEUE_BYTES: '100000' });
  app.receiver.trouble = { delay: 300 };
  for (let at = 0; at < 5; at++) await end(app, 2000 * at, 2000);
  const settled = async (): Promise<number> => (await health(app)).queued;
  await expect.poll(settled, patience).toBe(0);
  const { exported, dropped } = await health(app);
  expect(dropped.queueFull).toBeGreaterThan(0);
  expect(exported + dropped.queueFull).toBe(10_000);
  expect(app.receiver.spanCount).toBe(exported);
  await expect.poll(() => told(app).join('\n'), patience).toContain('because the queue was full');
  expect(told(app)[0]).toContain('TRACING_MAX_QUEUE_BYTES');
  await close(app);
  expect(told(app).at(-1)).toContain(`${dropped.queueFull} of 10000 were lost`);
});

it('rule 22: a flush at shutdown loses nothing, however many spans wait', async () => {
  await using app = await start({
    OTEL_BSP_MAX_QUEUE_SIZE: '65536',
    OTEL_BSP_SCHEDULE_DELAY: '3600000',
    TRACING_SHUTDOWN_TIMEOUT: '30000',
  });
  await end(app, 0, 40_000);
  await close(app);
  expect(app.receiver.spanCount).toBe(40_000);
  expect(told(app)).toEqual([]);
});

it('rules 22, 35: what a black hole has not taken at shutdown is told as lost', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const hole = createTcpServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  try {
    await expect.poll(() => hole.listening).toBe(true);
    const { port } = hole.address() as AddressInfo;
    const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
    await using app = await start({ OTEL_EXPORTER_OTLP_ENDPOINT, TRACING_SHUTDOWN_TIMEOUT: '300' });
    await end(app, 0, 180);
    await close(app);
    expect(told(app).at(-1)).toContain(
      '180 of 180 were lost, 180 because they had not been exported',
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    hole.close();
  }
});

it('rules 23, 36: attempts to reach a black hole leave no connections behind', async () => {
  let attempts = 0;
  const open = new Set<Socket>();
  const hole = createTcpServer((socket) => {
    attempts++;
    open.add(socket.resume());
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  }).listen(0, '127.0.0.1');
  try {
    await expect.poll(() => hole.listening).toBe(true);
    const { port } = hole.address() as AddressInfo;
    await using app = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    });
    await end(app, 0, 10);
    await expect.poll(() => attempts, patience).toBeGreaterThanOrEqual(4);
    await expect.poll(() => open.size, patience).toBeLessThanOrEqual(1);
  } finally {
    for (const socket of open) socket.destroy();
    hole.close();
  }
});

it('rule 35: the log says that a port is that of OTLP/HTTP', async () => {
  const http = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  try {
    await expect.poll(() => http.listening).toBe(true);
    const { port } = http.address() as AddressInfo;
    await using app = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    await end(app, 0, 1);
    await expect.poll(() => told(app)[0], patience).toContain('that of OTLP/gRPC is 4317');
  } finally {
    http.close();
  }
});

it('rule 35: the log says that a name does not resolve', async () => {
  await using app = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.invalid:4317' });
  await end(app, 0, 1);
  await expect.poll(() => told(app)[0], patience).toContain('does not resolve');
});

it('rule 35: the indicator of terminus is down while the export fails', async () => {
  await using app = await TracedApp.start('terminus-app');
  const check = async (): Promise<unknown> => {
    const response = await app.fetch('/health');
    const { details } = (await response.json()) as { details: { tracing: object } };
    return { code: response.status, ...details.tracing };
  };
  expect(await check()).toMatchObject({ code: 200, status: 'up' });
  app.receiver.trouble = { status: { code: status.UNAVAILABLE, details: 'restarting' } };
  await (await app.fetch('/span')).text();
  await expect.poll(check, patience).toMatchObject({ code: 503, status: 'down', queued: 1 });
  app.receiver.trouble = {};
  await expect.poll(check, patience).toMatchObject({ code: 200, status: 'up', exported: 1 });
});
