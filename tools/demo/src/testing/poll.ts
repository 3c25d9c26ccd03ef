import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `holds`, at most ten seconds. */
export async function poll(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await delay(20);
  }
}
