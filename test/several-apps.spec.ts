import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { fixturePath } from './support/traced-app.ts';
import { SteppedApp } from './support/stepped-app.ts';
import { isWhole, newTrace, tree } from './support/tree.ts';

class Apps {
  private readonly urls = new Map<string, string>();

  private constructor(readonly steps: SteppedApp) {}

  static async open(env: Record<string, string> = {}, node: string[] = []): Promise<Apps> {
    const options = { env, node: ['--expose-gc', ...node] };
    return new Apps(await SteppedApp.start('several-apps-app', options));
  }

  async start(name: string, options: object = {}): Promise<void> {
    this.urls.set(name, String(await this.steps.step('start', name, options)));
  }

  close(name: string): Promise<unknown> {
    return this.steps.step('close', name);
  }

  /** On a connection of its own, so that none is left. */
  get(name: string, path: string, headers = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.urls.get(name)}${path}`, { agent: false, headers });
      sent.once('response', (response) => response.resume().once('close', resolve));
      sent.once('error', reject).end();
    });
  }

  /** The trace of a request to one of the apps. */
  async trace(name: string): Promise<string> {
    const { traceId, traceparent } = newTrace();
    await this.get(name, '/sell', { traceparent });
    const { receiver } = this.steps.app;
    await receiver.waitFor((spans) => isWhole(spans, traceId));
    return tree(receiver.spansOfTrace(traceId));
  }

  /** What has changed in the process since before the first app. */
  async changes(): Promise<unknown> {
    return this.steps.step('changes');
  }

  async leaveNothing(): Promise<void> {
    await expect.poll(() => this.changes(), { timeout: 10_000 }).toEqual([]);
  }

  /** The process has nothing more to do, and ends by itself. */
  async end(): Promise<void> {
    this.steps.app.process.send(['end'] as never);
    expect(await this.steps.app.exit).toBe(0);
  }

  /** Whose ids the lines of a request carry. */
  async idsOfLines(name: string): Promise<string> {
    const { traceId, traceparent } = newTrace();
    await this.get(name, '/sell', { traceparent });
    const lines = (): unknown[] =>
      this.steps.app.lines.filter((line) => line.trace_id === traceId).map(({ msg }) => msg);
    await expect.poll(lines).toEqual(['selling', 'request completed']);
    return 'those of the caller';
  }

  requestLines(path: string): number {
    return this.steps.app.lines.filter(
      ({ msg, req }) => msg === 'request completed' && (req as { url: string }).url === path,
    ).length;
  }

  services(): unknown[] {
    const { receiver } = this.steps.app;
    return [...new Set(receiver.spans.map(({ resource }) => resource['service.name']))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.steps[Symbol.asyncDispose]();
  }
}

/** On Fastify, nestjs-pino writes no line of a request as it is answered. */
const traceOf = (service: string, adapter = 'express'): string => `
${service} SERVER GET /sell 200
  · info request completed
  ${service} INTERNAL Pages.sell
    ${service} INTERNAL Shop.sell
      · info selling
      ${service} INTERNAL query
        ${service} INTERNAL nested
`;

/** A collector that takes connections, and says nothing. */
class SilentCollector {
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket.on('error', () => {}));
    });
  }

  static async start(): Promise<SilentCollector> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentCollector(server);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Some of what an app changes, so that it is seen that the fixture looks at it. */
const changesOfAnApp = [
  'ClientGrpcProxy.getService',
  'ClientTCP.send',
  'ExceptionsHandler.next',
  'Pages.sell',
  'logger.Symbol(pino.hooks)',
  'undici:request:create',
  'Symbol(opentelemetry.js.api.1)',
];

const ways = ['express', 'fastify'].flatMap((adapter) => [
  [adapter, 'blue', 'red'] as const,
  [adapter, 'red', 'blue'] as const,
]);

it.each(ways)('rules 24, 36: on %s, %s closes before %s', async (ADAPTER, first, last) => {
  await using apps = await Apps.open({ ADAPTER });
  await apps.start('blue');
  await apps.start('red');
  for (const name of ['blue', 'red']) expect(await apps.trace(name)).toBe(traceOf(name, ADAPTER));
  await apps.close(first);
  expect(await apps.trace(last)).toBe(traceOf(last, ADAPTER));
  await apps.start('green');
  for (const name of [last, 'green']) expect(await apps.trace(name)).toBe(traceOf(name, ADAPTER));
  await apps.close(last);
  expect(await apps.trace('green')).toBe(traceOf('green', ADAPTER));
  expect(await apps.changes()).toEqual(expect.arrayContaining(changesOfAnApp));
  await apps.close('green');
  await apps.leaveNothing();

  await apps.start('next');
  expect(await apps.trace('next')).toBe(traceOf('next', ADAPTER));
  await apps.close('next');
  await apps.leaveNothing();
  await apps.end();
});

it.each([
  ['none', 'blue', 'none'],
  ['none', 'blue', 'blue'],
  ['blue', 'none', 'none'],
  ['blue', 'none', 'blue'],
])('rule 24: backend none beside another: %s starts, then %s; %s closes first', async (a, b, first) => {
  await using apps = await Apps.open();
  for (const name of [a, b]) await apps.start(name, name === 'none' ? { backend: 'none' } : {});
  expect(await apps.trace('blue')).toBe(traceOf('blue'));
  expect(await apps.idsOfLines('none')).toBe('those of the caller');
  await apps.close(first);
  if (first === 'none') expect(await apps.trace('blue')).toBe(traceOf('blue'));
  else expect(await apps.idsOfLines('none')).toBe('those of the caller');
  await apps.close(first === 'none' ? 'blue' : 'none');
  await apps.leaveNothing();
  expect(apps.services()).toEqual(['blue']);
});

const failures = [
  'settings',
  'options',
  'enable',
  'provider',
  'factory',
  'late factory',
  'dependency',
  'module',
  'init',
];

it.each(failures)('rules 24, 36: a start that fails leaves nothing behind: %s', async (kind) => {
  await using apps = await Apps.open();
  expect(await apps.steps.step('fail', kind)).toMatch(/Error|Exception/);
  await apps.leaveNothing();
  await apps.end();
});

it.each(failures)('rule 24: the app after a start that has failed is the first: %s', async (kind) => {
  await using apps = await Apps.open();
  expect(await apps.steps.step('fail', kind)).toMatch(/Error|Exception/);
  await apps.start('blue');
  expect(await apps.trace('blue')).toBe(traceOf('blue'));
  expect(await apps.steps.step('fail', kind)).toMatch(/Error|Exception/);
  expect(await apps.trace('blue')).toBe(traceOf('blue'));
  expect(await apps.steps.step('spans')).toBe('recorded');
  await apps.close('blue');
  await apps.leaveNothing();
  expect(apps.services()).toEqual(['blue']);
});

it('rule 24: the log settings of an app hold for its own lines, whatever other apps start', async () => {
  await using apps = await Apps.open();
  await apps.start('blue', { logger: { spanEvents: false } });
  await apps.start('red', { ignore: { http: ['/sell'] } });
  await apps.start('green');
  const blue = traceOf('blue').replace(/^ +· .*\n/gm, '');
  for (let i = 0; i < 2; i++) {
    expect(await apps.trace('blue')).toBe(blue);
    expect(await apps.trace('green')).toBe(traceOf('green'));
    // Its line comes before that of the request after it.
    const lines = apps.requestLines('/sell');
    await apps.get('red', '/sell');
    await apps.trace('green');
    await expect.poll(() => apps.requestLines('/sell')).toBe(lines + 1);
    if (i === 0) await apps.close('red');
    if (i === 0) await apps.start('red', { ignore: { http: ['/sell'] } });
  }
});

it.each(['with blue', 'with red'])(
  'rule 24: an instrumentation that two apps give serves both, %s closes first',
  async (first) => {
    await using apps = await Apps.open();
    const withGiven = (name: string): string => `${traceOf(name)}        ${name} INTERNAL given\n`;
    for (const name of ['with blue', 'with red']) await apps.start(name);
    for (const name of ['with blue', 'with red']) {
      expect(await apps.trace(name)).toBe(withGiven(name));
    }
    await apps.close(first);
    const last = first === 'with blue' ? 'with red' : 'with blue';
    expect(await apps.trace(last)).toBe(withGiven(last));
    await apps.close(last);
    await apps.leaveNothing();
  },
);

it.each(['blue', 'red'])('a provider of a third party stays, %s closes first', async (first) => {
  const preload = ['--import', pathToFileURL(fixturePath('own-tracing')).href];
  await using apps = await Apps.open({ WITHOUT_HTTP: 'true' }, preload);
  const theirs = traceOf('theirs');
  for (const name of ['blue', 'red']) await apps.start(name);
  for (const name of ['blue', 'red']) expect(await apps.trace(name)).toBe(theirs);
  await apps.close(first);
  const last = first === 'blue' ? 'red' : 'blue';
  expect(await apps.trace(last)).toBe(theirs);
  await apps.close(last);
  await apps.leaveNothing();
  expect(await apps.steps.step('spans')).toBe('recorded');
});

it.each(['is down', 'never answers'])(
  'rules 22, 36: a collector that %s leaves no channel, timer or socket of a closed app',
  async (how) => {
    await using collector = await SilentCollector.start();
    const port = how === 'is down' ? await freePort() : collector.port;
    await using apps = await Apps.open({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      TRACING_SHUTDOWN_TIMEOUT: '300',
    });
    await apps.start('blue');
    await apps.start('red');
    for (const name of ['blue', 'red']) await apps.get(name, '/sell');
    if (how === 'never answers') await expect.poll(() => collector.connections).toBeGreaterThan(0);
    const begin = performance.now();
    await apps.close('blue');
    expect(performance.now() - begin).toBeLessThan(1500);
    await apps.close('red');
    await apps.leaveNothing();
    await apps.end();
  },
);
