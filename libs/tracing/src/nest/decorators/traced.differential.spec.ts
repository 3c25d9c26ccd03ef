import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCase } from '../../../test-support/random-class/run-case.js';
import { startTestApp, states } from '../../../test-support/random-class/test-app.js';

/**
 * The seed of the first case, and the next one of the next: each can be run alone. The same ones every
 * time, unless another is given: of some ten thousand one differs by microtasks alone.
 */
const first = Number(process.env['DIFFERENTIAL_SEED'] ?? 1);
const cases = Number(process.env['DIFFERENTIAL_CASES'] ?? 1800);

// The runner takes an unhandled rejection for a failure. Here it is one of the things compared.
const events = ['unhandledRejection', 'uncaughtException'] as const;
const listeners = events.map((event) => process.listeners(event as 'unhandledRejection'));
beforeAll(() => {
  for (const event of events) process.removeAllListeners(event);
});
afterAll(() => {
  for (const [index, event] of events.entries())
    for (const listener of listeners[index] ?? []) process.on(event, listener);
});

it.each(Object.keys(states) as (keyof typeof states)[])(
  `rules 1 to 9: a decorated class does what the undecorated one does, when %s (seed ${first})`,
  { timeout: 120_000 },
  async (state) => {
    const { ledger, stop } = startTestApp(state);
    const isRecording = state === 'every span is recorded';
    try {
      for (let index = 0; index < (isRecording ? cases : cases / 10); index++)
        expect(await runCase(first + index, ledger, isRecording)).toBeUndefined();
    } finally {
      await stop();
    }
  },
);
