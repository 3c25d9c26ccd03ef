import { answerBench, flush, makeSpans, startTracer } from './tracer.js';

/** Nanoseconds per span. */
export interface SpanCost {
  /** From its start to its end. */
  readonly make: number;
  /** All CPU of the process, which includes serializing and sending. */
  readonly cpu: number;
}

const tracer = await startTracer();

answerBench<{ spans: number }>(async ({ spans }) => {
  const before = process.cpuUsage();
  const make = await makeSpans(tracer, spans);
  await flush();
  const { user, system } = process.cpuUsage(before);
  return { make: make / spans, cpu: ((user + system) * 1000) / spans };
});
