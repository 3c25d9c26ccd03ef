import { diag, DiagLogLevel } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerBench, flush, makeSpan, startTracer } from './tracer.js';

export interface ArrivalAnswer {
  /** Spans that were made, in how many seconds. */
  readonly made: number;
  readonly seconds: number;
  /** Spans that the log said were dropped. */
  readonly reported: number;
}

let reported = 0;
const count = (message: string): void => {
  reported += Number(/Dropped (\d+) spans/.exec(message)?.[1] ?? 0);
};
const ignore = (): void => {};
diag.setLogger(
  { error: ignore, warn: count, info: ignore, debug: ignore, verbose: ignore },
  DiagLogLevel.WARN,
);

const tracer = await startTracer();

/** Makes spans at a rate per second, as far as the process can. */
answerBench<{ rate: number; millis: number }>(async ({ rate, millis }) => {
  reported = 0;
  const start = performance.now();
  let made = 0;
  for (let passed = 0; passed < millis; passed = performance.now() - start) {
    for (const due = Math.min(made + rate / 50, (passed / 1000) * rate); made < due; made++) {
      makeSpan(tracer, made);
    }
    await sleep(5);
  }
  const seconds = (performance.now() - start) / 1000;
  await flush();
  return { made, seconds, reported } satisfies ArrivalAnswer;
});
