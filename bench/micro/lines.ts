import type { Child } from '../processes/child.ts';
import { format, median, ratioEstimate } from '../statistics/estimate.ts';
import type { MicroBench } from './micro-result.ts';
import { startMicro } from './span-process.ts';

/** What is measured, and what it is measured against. */
const KINDS: readonly { readonly name: string; readonly against: string }[] = [
  { name: 'pino', against: 'pino' },
  { name: 'pino (the same again)', against: 'pino' },
  { name: 'ids', against: 'pino' },
  { name: 'ids and event', against: 'pino' },
  { name: 'instrumentation-pino', against: 'pino' },
  { name: 'mixin by hand', against: 'pino' },
  { name: 'mixin and addEvent by hand', against: 'pino' },
  { name: 'PinoLogger', against: 'PinoLogger' },
  { name: 'TracedLogger, ids', against: 'PinoLogger' },
  { name: 'TracedLogger, ids and event', against: 'PinoLogger' },
];

const STATES = ['in a span', 'without a span', 'level off', 'CPU of all'] as const;

type LineSample = Readonly<Record<(typeof STATES)[number], number>>;
type LineSamples = Readonly<Record<string, readonly LineSample[]>>;

const WARM_UP_ROUNDS = 5;

/** What a log line costs. Each kind of logger writes its lines in a process of its own, all in turn. */
export const lines: MicroBench = async (rounds, { receiver }) => {
  const collector = await receiver.open();
  const children = new Map<string, Child>();
  for (const { name } of KINDS) {
    children.set(name, await startMicro('lines', collector, { BENCH_LINES: name }));
  }
  const samples = Object.fromEntries(KINDS.map(({ name }) => [name, [] as LineSample[]]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (let place = 0; place < KINDS.length; place++) {
      const { name } = KINDS[(place + round + KINDS.length) % KINDS.length]!;
      const sample = await children.get(name)!.ask<LineSample>({});
      if (round >= 0) samples[name]?.push(sample);
    }
  }
  await Promise.all([...children.values()].map((child) => child.end()));
  return { table: linesTable(samples), data: samples };
};

/** Ratios within a round, with confidence intervals of 95 %. */
function linesTable(samples: LineSamples): string {
  const rows = [
    '| a log line of | compared with | in a span | without a span | level off | all its CPU, with span and export |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  for (const { name, against } of KINDS) {
    const cells = STATES.map((state) => cell(samples, name, against, state));
    rows.push(`| ${[name, name === against ? '' : against, ...cells].join(' | ')} |`);
  }
  return rows.join('\n');
}

/** The nanoseconds of a logger that others are compared with, and the ratio of the others. */
function cell(
  samples: LineSamples,
  name: string,
  against: string,
  state: (typeof STATES)[number],
): string {
  const of = (kind: string): number[] => (samples[kind] ?? []).map((sample) => sample[state]);
  if (name !== against) return format(ratioEstimate(of(name), of(against)));
  const nanos = median(of(name));
  return `${nanos < 100 ? nanos.toFixed(1) : Math.round(nanos)} ns`;
}
