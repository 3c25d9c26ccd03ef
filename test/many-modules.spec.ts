import { once } from 'node:events';
import { expect, it } from 'vitest';
import { silences, SilentCollector } from './support/silent-collector.ts';
import { TracedApp } from './support/traced-app.ts';

interface Measure {
  readonly listeners: number;
  readonly handles: number;
  readonly storages: number;
  readonly subscriptions: number;
  readonly bytes: number;
}

/** What a module costs whose classes are made anew each time, without tracing: 1 to 2 kB. */
const BYTES_OF_A_MODULE = 3000;

/** What V8 and gRPC keep for a while, however many apps there were. An app that stays is 240 kB. */
const BYTES_AT_ANY_TIME = 4e6;

function expectNoGrowth(before: Measure, after: Measure, count: number): void {
  expect({ ...after, bytes: 0, storages: 0 }).toEqual({ ...before, bytes: 0, storages: 0 });
  // Those of the last apps may not have been collected yet.
  expect(after.storages).toBeLessThan(before.storages + 11);
  expect(after.bytes - before.bytes).toBeLessThan(BYTES_AT_ANY_TIME + count * BYTES_OF_A_MODULE);
}

it.each([
  [400, 'none', 'true'],
  [200, 'none', 'false'],
  [150, 'jaeger', 'true'],
])('rule 24: %i apps, backend %s, closed: %s: nothing grows', async (count, BACKEND, CLOSED) => {
  await using app = await TracedApp.start('modules-app', {
    env: { BACKEND, CLOSED, COUNT: String(count) },
    node: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    serves: false,
  });
  const [{ before, after }] = (await once(app.process, 'message')) as [
    { before: Measure; after: Measure },
  ];
  expectNoGrowth(before, after, count);
  expect(after.subscriptions).toBe(0);
  expect(await app.exit).toBe(0);
  expect(app.errors).toBe('');
  const spans = app.receiver.spans.filter((span) => span.name === 'Service.work');
  expect(spans).toHaveLength(BACKEND === 'none' ? 0 : count * 1.1);
});

it.each(silences)(
  'rule 36: 150 apps that close while the collector %s: nothing grows',
  async (how) => {
    await using collector = await SilentCollector.start(how);
    await using app = await TracedApp.start('modules-app', {
      env: {
        BACKEND: 'jaeger',
        COUNT: '150',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        TRACING_SHUTDOWN_TIMEOUT: '10',
      },
      node: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
      serves: false,
    });
    const [{ before, after }] = (await once(app.process, 'message')) as [
      { before: Measure; after: Measure },
    ];
    expectNoGrowth(before, after, 150);
    expect(await app.exit).toBe(0);
  },
);
