import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

interface Status {
  readonly mode: string;
  readonly ratio: number;
  readonly until?: string;
  readonly code?: string;
  readonly message?: string;
}

async function call(app: TracedApp, name: string, options: object = {}): Promise<Status> {
  const answer = await app.fetch(`/control/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(options),
  });
  return (await answer.json()) as Status;
}

const start = (SAMPLING: string, env = {}): Promise<TracedApp> =>
  TracedApp.start('control-app', { env: { SAMPLING, ...env } });

const page = async (app: TracedApp): Promise<unknown> => (await app.fetch('/page')).text();

/** The names of all spans, of which the last request has one. */
async function namesUntil(app: TracedApp): Promise<string[]> {
  await app.trace('/page');
  return app.receiver.spans.map(({ name }) => name).toSorted();
}

const once = ['GET /page', 'Pages.read', 'PagesController.page'];
const times = (count: number): string[] =>
  Array.from({ length: count }, () => once)
    .flat()
    .toSorted();

it.each([
  ['dormant', 'dormant'],
  ['0', 'dormant'],
  ['own none', 'off'],
])(
  'rule 26: enabled and disabled at run time, configured with sampling %s',
  async (SAMPLING, resting) => {
    await using app = await start(SAMPLING);
    await page(app);
    expect(await call(app, 'enable')).toEqual({ mode: 'on', ratio: 1 });
    await page(app);
    await page(app);
    await app.receiver.waitFor((spans) => spans.length >= 6);
    expect(await call(app, 'disable')).toEqual({ mode: resting, ratio: 0 });
    await page(app);
    // The caller of the last one has sampled it. An own sampler need not follow that, but is replaced.
    expect(await namesUntil(app)).toEqual(times(3));
    await expect
      .poll(() =>
        app.lines.flatMap(({ msg = '' }) => (/^Tracing is .*by Tr/.test(msg) ? [msg] : [])),
      )
      .toEqual([
        'Tracing is on: every new trace is recorded until it is disabled (enabled by TracingControl).',
        `Tracing is ${resting}: only traces that callers have sampled are recorded (by TracingControl).`,
      ]);
  },
);

it('rule 26: enabled in place of the rules of X-Ray', async () => {
  const env = { AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9' };
  await using app = await start('xray', env);
  expect(await call(app, 'disable')).toEqual({ mode: 'off', ratio: 0 });
  await page(app);
  await call(app, 'enable');
  // The default rules would sample one of them.
  for (let at = 0; at < 4; at++) await page(app);
  expect(await namesUntil(app)).toEqual(times(5));
});

it('rule 26: what was on can be turned off, and on again', async () => {
  await using app = await start('1');
  expect(await call(app, 'status')).toEqual({ mode: 'on', ratio: 1 });
  expect(await call(app, 'disable')).toEqual({ mode: 'off', ratio: 0 });
  await page(app);
  expect(await call(app, 'enable', { ratio: 1, for: '1h' })).toMatchObject({
    mode: 'on',
    ratio: 1,
  });
  await page(app);
  expect(await namesUntil(app)).toEqual(times(2));
});

it('rule 26: it ends by itself, and the state from before returns', async () => {
  await using app = await start('dormant');
  const { until = '' } = await call(app, 'enable', { for: '300ms' });
  expect(Date.parse(until) - Date.now()).toBeLessThanOrEqual(300);
  await expect.poll(() => call(app, 'status')).toEqual({ mode: 'dormant', ratio: 0 });
  await page(app);
  expect(await namesUntil(app)).toEqual(times(1));
  expect(app.output).toContain('The time of enable() is over: tracing is dormant again.');
});

it('rule 26: a duration beyond the longest timer does not end at once', async () => {
  await using app = await start('dormant');
  const { until = '' } = await call(app, 'enable', { for: '60d' });
  expect(Date.parse(until)).toBeGreaterThan(Date.now() + 59 * 86_400_000);
  await page(app);
  await app.receiver.waitFor((spans) => spans.length === 3);
  expect(await call(app, 'status')).toMatchObject({ mode: 'on', ratio: 1 });
});

it.each(['dormant', 'own none', 'own all'])(
  'rule 26: a trace under way ends as it began, configured with sampling %s',
  async (SAMPLING) => {
    await using app = await start(SAMPLING);
    await call(app, 'enable');
    const sampled = app.fetch('/held');
    const { traceparent } = newTrace();
    const headers = { traceparent: traceparent.replace(/01$/, '00') };
    const unsampled = app.fetch('/held', { headers });
    await expect.poll(async () => (await app.fetch('/release/count')).text()).toBe('2');
    await call(app, 'disable');
    await app.fetch('/release/all', { method: 'POST' });
    await Promise.all([sampled, unsampled]);
    await app.stop();
    const names = app.receiver.spans.map(({ name }) => name).toSorted();
    expect(names).toEqual(['GET /held', 'Pages.read', 'PagesController.held']);
  },
);

it('rule 36: a process ends although tracing was enabled for a long time', async () => {
  await using app = await start('dormant');
  await call(app, 'enable', { for: '10h' });
  app.process.send('close');
  expect(await app.exit).toBe(0);
});

it('a wrong duration or ratio is an error, and changes nothing', async () => {
  await using app = await start('dormant');
  await call(app, 'enable', { for: '1h', ratio: 0.5 });
  for (const options of [
    { for: 'soon' },
    { for: -1 },
    { for: '0s' },
    { for: '' },
    { for: null },
    { ratio: 2 },
    { ratio: 0 },
    { ratio: '1' },
    { fro: '1h' },
  ]) {
    const { code, message } = await call(app, 'enable', options);
    expect([code, options]).toEqual(['TRACING_INVALID_CONTROL', options]);
    expect(message).toContain(`${Object.keys(options)[0]}: `);
  }
  expect(await call(app, 'status')).toMatchObject({ mode: 'on', ratio: 0.5 });
});

it('backend none cannot be enabled, and the error says what to do', async () => {
  await using app = await start('dormant', { TRACING_BACKEND: 'none' });
  const { code, message } = await call(app, 'enable');
  expect(code).toBe('TRACING_NOTHING_TO_CONTROL');
  expect(message).toContain("start it with another backend and `sampling: 'dormant'`");
  expect(await call(app, 'disable')).toEqual({ mode: 'off', ratio: 0 });
});
