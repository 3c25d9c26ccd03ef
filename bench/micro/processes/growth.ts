import { context, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { setImmediate } from 'node:timers/promises';
import { answerBench, flush, startTracer } from './tracer.js';

export interface GrowthQuestion {
  readonly what: 'spans per trace' | 'events per span' | 'open spans' | 'nesting depth';
  readonly n: number;
}

/** How many units are measured at once. */
const UNITS = 16_000;

const tracer = await startTracer();

/** Each makes `n` units. */
const work: Readonly<Record<GrowthQuestion['what'], (n: number) => void>> = {
  'spans per trace': (n) =>
    tracer.startActiveSpan('root', (root) => {
      for (let index = 0; index < n; index++) tracer.startSpan('child').end();
      root.end();
    }),
  'events per span': (n) => {
    const span = tracer.startSpan('work');
    for (let index = 0; index < n; index++) span.addEvent('event', { index });
    span.end();
  },
  'open spans': (n) => {
    const spans: Span[] = [];
    for (let index = 0; index < n; index++) spans.push(tracer.startSpan('open'));
    for (const span of spans) span.end();
  },
  'nesting depth': (n) => {
    let active = ROOT_CONTEXT;
    const spans: Span[] = [];
    for (let depth = 0; depth < n; depth++) {
      const span = context.with(active, () => tracer.startSpan('nested'));
      spans.push(span);
      active = trace.setSpan(active, span);
    }
    for (const span of spans.toReversed()) span.end();
  },
};

/** Nanoseconds of CPU per unit, which includes the export. */
answerBench<GrowthQuestion>(async ({ what, n }) => {
  const before = process.cpuUsage();
  for (let units = 0; units < UNITS; units += n) {
    work[what](n);
    await setImmediate();
  }
  await flush();
  const { user, system } = process.cpuUsage(before);
  return { nanos: ((user + system) * 1000) / UNITS };
});
