import { once } from 'node:events';
import { expect, it } from 'vitest';
import { silences, SilentCollector } from './support/silent-collector.ts';
import { TracedApp } from './support/traced-app.ts';

interface Measure {
  readonly listeners: number;
  readonly handles: number;
  readonly subscriptions: number;
  readonly bytes: number;
}

/** What a module costs whose classes are made anew each time, without tracing: 1 to 2 kB. */
const BYTES_OF_A_MODULE = 6000;

it.each([
  [1000, 'none', 'true'],
  [300, 'none', 'false'],
  [300, 'jaeger', 'true'],
])('rule 24: %i apps, backend %s, closed: %s: nothing grows', async (count, BACKEND, CLOSED) => {
  await using app = await TracedApp.start('modules-app', {
    env: { BACKEND, CLOSED, COUNT: String(count) },
    node: ['--expose-gc'],
    serves: false,
  });
  const [{ before, after }] = (await once(app.process, 'message')) as [
    { before: Measure; after: Measure },
  ];
  expect({ ...after, bytes: 0 }).toEqual({ ...before, bytes: 0 });
  expect(after.subscriptions).toBe(0);
  expect((after.bytes - before.bytes) / count).toBeLessThan(BYTES_OF_A_MODULE);
  expect(await app.exit).toBe(0);
  expect(app.errors).toBe('');
  const spans = app.receiver.spans.filter((span) => span.name === 'Service.work');
  expect(spans).toHaveLength(BACKEND === 'none' ? 0 : count * 1.1);
});

it.each(silences)(
  'rule 36: 300 apps that close while the collector %s: nothing grows',
  async (how) => {
    await using collector = await SilentCollector.start(how);
    await using app = await TracedApp.start('modules-app', {
      env: {
        BACKEND: 'jaeger',
        COUNT: '300',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        TRACING_SHUTDOWN_TIMEOUT: '10',
      },
      node: ['--expose-gc'],
      serves: false,
    });
    const [{ before, after }] = (await once(app.process, 'message')) as [
      { before: Measure; after: Measure },
    ];
    expect({ ...after, bytes: 0 }).toEqual({ ...before, bytes: 0 });
    expect((after.bytes - before.bytes) / 300).toBeLessThan(BYTES_OF_A_MODULE);
    expect(await app.exit).toBe(0);
  },
);
