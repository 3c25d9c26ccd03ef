import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerBench, flush, makeSpans, startTracer } from './tracer.js';

/** What the process measures: needs `--expose-gc` and a young generation in which all garbage fits. */
export interface MemoryQuestion {
  readonly measure: 'queue' | 'garbage';
  readonly spans: number;
}

const tracer = await startTracer();
let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({
  entryTypes: ['gc'],
});

async function used(): Promise<number> {
  await sleep(20);
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function usedAfterCollection(): Promise<number> {
  await sleep(20);
  globalThis.gc?.();
  globalThis.gc?.();
  return used();
}

/** Bytes per span. */
answerBench<MemoryQuestion>(async ({ measure, spans }) => {
  // For the compiler. The buffers of the queue must not grow yet.
  for (let round = 0; round < 20; round++) {
    await makeSpans(tracer, 100);
    await flush();
  }
  const before = await usedAfterCollection();
  collections = 0;
  await makeSpans(tracer, spans);
  if (measure === 'queue') return { bytes: ((await usedAfterCollection()) - before) / spans };
  await flush();
  const after = await used();
  if (collections > 0) throw new Error('The garbage was collected while it was measured.');
  return { bytes: (after - before) / spans };
});
