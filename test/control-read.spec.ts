import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

async function post(app: TracedApp, path: string, body: object = {}): Promise<unknown> {
  const answer = await app.fetch(`/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

const start = (): Promise<TracedApp> =>
  TracedApp.start('control-app', { env: { SAMPLING: 'dormant', EVERY: '20' } });

const next = (app: TracedApp, state: unknown): Promise<unknown> =>
  post(app, 'read', { next: state });

const warnings = (app: TracedApp): string[] =>
  app.lines.flatMap(({ level, msg = '' }) => (level === 40 ? [msg] : []));

it('rule 26: the switch of a fleet turns tracing on, until the time it says', async () => {
  await using app = await start();
  await next(app, { mode: 'on', ratio: 0.5 });
  await expect.poll(() => post(app, 'status')).toEqual({ mode: 'on', ratio: 0.5 });
  await next(app, { mode: 'off' });
  await expect.poll(() => post(app, 'status')).toEqual({ mode: 'off', ratio: 0 });
  const until = new Date(Date.now() + 600).toISOString();
  await next(app, { mode: 'on', until });
  await expect.poll(() => post(app, 'status')).toMatchObject({ mode: 'on', ratio: 1 });
  // It is read all the time, and is over.
  await expect.poll(() => post(app, 'status')).toEqual({ mode: 'off', ratio: 0 });
  await next(app, { mode: 'dormant', until: null });
  await expect.poll(() => post(app, 'status')).toEqual({ mode: 'dormant', ratio: 0 });
});

it('rule 26: a state that has not changed leaves other controls alone', async () => {
  await using app = await start();
  await post(app, 'enable');
  const before = (await next(app, { mode: 'dormant' })) as number;
  await expect.poll(() => next(app, { mode: 'dormant' })).toBeGreaterThan(before + 3);
  expect(await post(app, 'status')).toEqual({ mode: 'on', ratio: 1 });
});

it.each([
  ['throws', 'throw', 'access denied for postgres://REDACTED@host/db'],
  ['never answers', 'never', 'no answer within 1000 ms.'],
  ['returns a text', 'on', "expected { mode, ratio?, until? }, but got 'on'."],
  ['returns an unknown mode', { mode: 'ON' }, "expected `mode` to be 'on', 'dormant' or 'off'"],
  ['returns a wrong ratio', { mode: 'on', ratio: 7 }, 'a ratio above 0 and at most 1, but got 7.'],
  ['returns a wrong time', { mode: 'on', until: 'soon' }, '`until` to be a Date or an ISO 8601'],
])('a read that %s is told once, and the last good state holds', async (_, wrong, says) => {
  await using app = await start();
  await next(app, { mode: 'on', ratio: 0.25 });
  await expect.poll(() => post(app, 'status')).toEqual({ mode: 'on', ratio: 0.25 });
  const before = (await next(app, wrong)) as number;
  await expect.poll(() => warnings(app), { timeout: 5000 }).toHaveLength(1);
  expect(warnings(app)[0]).toContain(says);
  await expect.poll(() => next(app, wrong), { timeout: 5000 }).toBeGreaterThan(before + 1);
  expect(await post(app, 'status')).toEqual({ mode: 'on', ratio: 0.25 });
  expect(warnings(app)).toHaveLength(1);
  await next(app, { mode: 'dormant' });
  await expect.poll(() => app.output, { timeout: 5000 }).toContain('`control.read` works again.');
  expect(await post(app, 'status')).toEqual({ mode: 'dormant', ratio: 0 });
});

it('rule 36: a read under way does not hold the process', async () => {
  await using app = await start();
  await next(app, 'never');
  app.process.send('close');
  expect(await app.exit).toBe(0);
});
