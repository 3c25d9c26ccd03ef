import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../processes/child.ts';
import { format, median, ratioEstimate } from '../statistics/estimate.ts';
import type { MicroBench } from './micro-result.ts';

/** What an app may be doing while a method is called. */
const STATES = {
  'no app': 'without TracingModule',
  none: 'backend none',
  dormant: 'dormant',
  unsampled: 'in an unsampled trace',
  sampled: 'in a sampled trace: a span is made and exported',
};

type MethodSample = [bare: number, traced: number];

/** What `@Traced()` adds to a call of an async method that does next to nothing. */
export const methods: MicroBench = async (rounds, { receiver }) => {
  const data: Record<string, MethodSample[]> = {};
  const rows: string[] = [];
  const collector = await receiver.open();
  for (const [state, meaning] of Object.entries(STATES)) {
    const samples = await measure(state, rounds, collector);
    data[state] = samples;
    const [bare, traced] = [samples.map(([one]) => one), samples.map(([, one]) => one)];
    const cells = [meaning, format(ratioEstimate(traced, bare)), median(traced), median(bare)];
    rows.push(
      `| ${cells.map((cell) => (typeof cell === 'number' ? Math.round(cell) : cell)).join(' | ')} |`,
    );
  }
  return {
    table: [
      '| an async method with `@Traced()` | ratio to the bare method | ns per call | ns of the bare method |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    data,
  };
};

async function measure(state: string, rounds: number, collector: string): Promise<MethodSample[]> {
  const script = fileURLToPath(new URL('../dist/micro/processes/method.js', import.meta.url));
  const child = fork(script, {
    execArgv: [],
    env: {
      ...plainEnvironment(),
      OTEL_SERVICE_NAME: 'bench',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      BENCH_STATE: state,
      BENCH_ROUNDS: String(rounds),
      BENCH_CALLS: state === 'sampled' ? '2000' : '100000',
    },
  });
  const samples: MethodSample[] = [];
  child.on('message', (sample) => samples.push(sample as MethodSample));
  await once(child, 'exit');
  if (samples.length === rounds) return samples;
  throw new Error(`The methods in the state ${state} had ${samples.length} rounds, not ${rounds}.`);
}
