import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 50;

/** Asks until the answer is not undefined; answers undefined once `timeoutMs` have passed. */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > deadline) return answer;
    await delay(EVERY_MS);
  }
}
