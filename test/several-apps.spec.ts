import { request } from 'node:http';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { silences, SilentCollector } from './support/silent-collector.ts';
import { fixturePath } from './support/traced-app.ts';
import { OtherVersion } from './support/other-version.ts';
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

  /** The changes that are left once all that has closed is gone. */
  async lastingChanges(): Promise<unknown> {
    const until = performance.now() + 10_000;
    for (;;) {
      const changes = (await this.changes()) as unknown[];
      if (changes.length === 0 || performance.now() > until) return changes;
    }
  }

  /** The process has nothing more to do, and ends by itself. */
  async end(): Promise<unknown> {
    this.steps.app.process.send(['end'] as never);
    return this.steps.app.exit;
  }

  /** Makes a request. @returns the messages of the lines that carry its ids so far */
  async linesOf(name: string): Promise<() => unknown[]> {
    const { traceId, traceparent } = newTrace();
    await this.get(name, '/sell', { traceparent });
    return () =>
      this.steps.app.lines.filter((line) => line.trace_id === traceId).map(({ msg }) => msg);
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

const traceOf = (service: string): string => `
${service} SERVER GET /sell 200
  · info request completed
  ${service} INTERNAL Pages.sell
    ${service} INTERNAL Shop.sell
      · info selling
      ${service} INTERNAL query
        ${service} INTERNAL nested
`;

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
  for (const name of ['blue', 'red']) expect(await apps.trace(name)).toBe(traceOf(name));
  await apps.close(first);
  expect(await apps.trace(last)).toBe(traceOf(last));
  await apps.start('green');
  for (const name of [last, 'green']) expect(await apps.trace(name)).toBe(traceOf(name));
  await apps.close(last);
  expect(await apps.trace('green')).toBe(traceOf('green'));
  expect(await apps.changes()).toEqual(expect.arrayContaining(changesOfAnApp));
  await apps.close('green');
  expect(await apps.lastingChanges()).toEqual([]);

  await apps.start('next');
  expect(await apps.trace('next')).toBe(traceOf('next'));
  await apps.close('next');
  expect(await apps.lastingChanges()).toEqual([]);
  expect(await apps.end()).toBe(0);
});

it.each([
  ['none', 'blue', 'none'],
  ['none', 'blue', 'blue'],
  ['blue', 'none', 'none'],
  ['blue', 'none', 'blue'],
])(
  'rule 24: backend none beside another: %s starts, then %s; %s closes first',
  async (a, b, first) => {
    await using apps = await Apps.open();
    for (const name of [a, b]) await apps.start(name, name === 'none' ? { backend: 'none' } : {});
    expect(await apps.trace('blue')).toBe(traceOf('blue'));
    await expect.poll(await apps.linesOf('none')).toEqual(['selling', 'request completed']);
    await apps.close(first);
    if (first === 'none') expect(await apps.trace('blue')).toBe(traceOf('blue'));
    else await expect.poll(await apps.linesOf('none')).toEqual(['selling', 'request completed']);
    await apps.close(first === 'none' ? 'blue' : 'none');
    expect(await apps.lastingChanges()).toEqual([]);
    expect(apps.services()).toEqual(['blue']);
  },
);

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
  expect(await apps.lastingChanges()).toEqual([]);
  expect(await apps.end()).toBe(0);
});

it.each(failures)(
  'rule 24: the app after a start that has failed is the first: %s',
  async (kind) => {
    await using apps = await Apps.open();
    expect(await apps.steps.step('fail', kind)).toMatch(/Error|Exception/);
    await apps.start('blue');
    expect(await apps.trace('blue')).toBe(traceOf('blue'));
    expect(await apps.steps.step('fail', kind)).toMatch(/Error|Exception/);
    expect(await apps.trace('blue')).toBe(traceOf('blue'));
    expect(await apps.steps.step('spans')).toBe('recorded');
    await apps.close('blue');
    expect(await apps.lastingChanges()).toEqual([]);
    expect(apps.services()).toEqual(['blue']);
  },
);

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

it.each([
  ['blue', 'other', 'blue'],
  ['blue', 'other', 'other'],
  ['other', 'blue', 'blue'],
  ['other', 'blue', 'other'],
])(
  'rules 24, 36: apps of two versions of the package: %s starts, then %s; %s closes first',
  async (a, b, first) => {
    await using version = await OtherVersion.create();
    await using apps = await Apps.open({ OTHER_VERSION: version.url });
    for (const name of [a, b]) await apps.start(name);
    for (const name of [a, b, a]) expect(await apps.trace(name)).toBe(traceOf(name));
    await apps.close(first);
    const last = first === 'blue' ? 'other' : 'blue';
    expect(await apps.trace(last)).toBe(traceOf(last));
    await apps.start(first);
    for (const name of [a, b]) expect(await apps.trace(name)).toBe(traceOf(name));
    await apps.close(first);
    await apps.close(last);
    expect(await apps.lastingChanges()).toEqual([]);
    expect(await apps.end()).toBe(0);
  },
);

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
    expect(await apps.lastingChanges()).toEqual([]);
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
  expect(await apps.lastingChanges()).toEqual([]);
  expect(await apps.steps.step('spans')).toBe('recorded');
});

it.each(silences)(
  'rules 22, 36: a collector that %s leaves no channel, timer or socket of a closed app',
  async (how) => {
    await using collector = await SilentCollector.start(how);
    await using apps = await Apps.open({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      TRACING_SHUTDOWN_TIMEOUT: '300',
    });
    await apps.start('blue');
    await apps.start('red');
    for (const name of ['blue', 'red']) await apps.get(name, '/sell');
    if (how !== 'is down') await expect.poll(() => collector.connections).toBeGreaterThan(1);
    const begin = performance.now();
    await apps.close('blue');
    expect(performance.now() - begin).toBeLessThan(2000);
    await apps.close('red');
    expect(await apps.lastingChanges()).toEqual([]);
    expect(await apps.end()).toBe(0);
  },
);
