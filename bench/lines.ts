import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spread } from './statistics.ts';

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
export type LineSamples = ReadonlyMap<string, readonly LineSample[]>;

/** Lets every kind of logger write lines, each in a process of its own and all in turn. */
export async function lines(
  rounds: number,
  collector: string,
  started: ChildProcess[],
): Promise<LineSamples> {
  const children = new Map<string, ChildProcess>();
  for (const { name } of KINDS) children.set(name, await start(name, collector, started));
  const samples = new Map(KINDS.map(({ name }) => [name, [] as LineSample[]]));
  // The rounds before the first are for the compiler.
  for (let round = -5; round < rounds; round++) {
    for (let place = 0; place < KINDS.length; place++) {
      const { name } = KINDS[(place + round + KINDS.length) % KINDS.length]!;
      const child = children.get(name)!;
      child.send('measure');
      const [sample] = (await once(child, 'message')) as [LineSample];
      if (round >= 0) samples.get(name)?.push(sample);
    }
  }
  return samples;
}

async function start(
  name: string,
  collector: string,
  started: ChildProcess[],
): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../dist/bench/lines.js', import.meta.url));
  const child = fork(script, {
    env: {
      ...process.env,
      OTEL_SERVICE_NAME: 'bench',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      BENCH_LINES: name,
    },
  });
  started.push(child);
  await once(child, 'message');
  return child;
}

/** The table of what a log line costs: ratios within a round, medians and quartiles. */
export function linesTable(samples: LineSamples): string {
  const rows = [
    '| a log line of | against | in a span | without a span | level off | all CPU of it, span and export included |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  for (const { name, against } of KINDS) {
    const cells = STATES.map((state) => cell(samples, name, against, state));
    rows.push(`| ${[name, name === against ? '' : against, ...cells].join(' | ')} |`);
  }
  return rows.join('\n');
}

/** The nanoseconds of what others are measured against, and the ratio of these. */
function cell(
  samples: LineSamples,
  name: string,
  against: string,
  state: (typeof STATES)[number],
): string {
  const own = samples.get(name) ?? [];
  if (name === against) {
    const { median } = spread(own.map((sample) => sample[state]));
    return `${median < 100 ? median.toFixed(1) : Math.round(median)} ns`;
  }
  const base = samples.get(against) ?? [];
  const ratio = spread(own.map((sample, round) => sample[state] / (base[round]?.[state] ?? NaN)));
  return `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)})`;
}
