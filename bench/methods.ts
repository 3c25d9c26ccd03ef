import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spread } from './statistics.ts';

/** What an app may be doing while a method is called. */
const STATES = ['no app', 'none', 'dormant', 'unsampled', 'sampled'] as const;

const meaning: Record<(typeof STATES)[number], string> = {
  'no app': 'without TracingModule',
  none: 'backend none',
  dormant: 'dormant',
  unsampled: 'in an unsampled trace',
  sampled: 'in a sampled trace: a span is made and exported',
};

/** The table of what `@Traced()` adds to a call of an async method that does next to nothing. */
export async function methods(
  rounds: number,
  collector: string,
  started: ChildProcess[],
): Promise<string> {
  const lines = [
    '| an async method with `@Traced()` | ratio to the bare method | ns a call | ns of the bare one |',
    '| --- | --- | --- | --- |',
  ];
  for (const state of STATES) {
    const samples = await measure(state, rounds, collector, started);
    const ratio = spread(samples.map(([bare, traced]) => traced / bare));
    const median = (side: 0 | 1): number =>
      Math.round(spread(samples.map((sample) => sample[side])).median);
    const cells = [
      meaning[state],
      `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)})`,
      median(1),
      median(0),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

async function measure(
  state: string,
  rounds: number,
  collector: string,
  started: ChildProcess[],
): Promise<[bare: number, traced: number][]> {
  const script = fileURLToPath(new URL('../dist/bench/method.js', import.meta.url));
  const child = fork(script, {
    env: {
      ...process.env,
      OTEL_SERVICE_NAME: 'bench',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      BENCH_STATE: state,
      BENCH_ROUNDS: String(rounds),
      BENCH_CALLS: state === 'sampled' ? '2000' : '100000',
    },
  });
  started.push(child);
  const samples: [number, number][] = [];
  child.on('message', (sample) => samples.push(sample as [number, number]));
  await once(child, 'exit');
  if (samples.length !== rounds) throw new Error(`the methods, ${state}: ${samples.length} rounds`);
  return samples;
}
