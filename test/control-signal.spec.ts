import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

const lines = (app: TracedApp): string[] =>
  app.lines.flatMap(({ msg = '' }) => (/^Tracing is .*SIG/.test(msg) ? [msg] : []));

const on = 'Tracing is on: every new trace is recorded until it is disabled (enabled by SIGUSR2).';

// The app has enabled shutdown hooks, so Nest itself would listen for the signal and end.
it.each([
  ['dormant', 'dormant'],
  ['0.5', 'off'],
])('rule 26: a signal turns tracing on and off, with sampling %s', async (SAMPLING, resting) => {
  const env = { SAMPLING, TRACING_SIGNAL: 'SIGUSR2' };
  await using app = await TracedApp.start('control-app', { env });
  const off = `Tracing is ${resting}: only traces that callers have sampled are recorded (by SIGUSR2).`;
  const onWith =
    SAMPLING === 'dormant'
      ? on
      : on.replace('every new trace is', 'a ratio of 0.5 of the new traces is');
  const expected = SAMPLING === 'dormant' ? [on, off, on] : [off, onWith, off];
  for (const [at] of expected.entries()) {
    app.process.kill('SIGUSR2');
    await expect.poll(() => lines(app)).toEqual(expected.slice(0, at + 1));
  }
  expect((await app.fetch('/page')).status).toBe(200);
  expect(await app.stop('SIGTERM')).toBe('SIGTERM');
});

it('a signal with backend none has no effect, and is told', async () => {
  const env = { SAMPLING: 'dormant', TRACING_SIGNAL: 'SIGUSR2', TRACING_BACKEND: 'none' };
  await using app = await TracedApp.start('control-app', { env });
  app.process.kill('SIGUSR2');
  await expect.poll(() => app.output).toContain('SIGUSR2 had no effect. Tracing cannot be enabled');
  expect((await app.fetch('/page')).status).toBe(200);
});

it('a wrong TRACING_SIGNAL is told, and no signal is listened for', async () => {
  const env = { SAMPLING: 'dormant', TRACING_SIGNAL: 'SIGTERM' };
  await using app = await TracedApp.start('control-app', { env });
  await expect
    .poll(() => app.output)
    .toContain("but got 'SIGTERM'. No signal turns tracing on or off.");
  expect(await app.stop('SIGTERM')).toBe('SIGTERM');
});
