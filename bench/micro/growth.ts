import { median } from '../statistics/estimate.ts';
import type { MicroBench } from './micro-result.ts';
import type { GrowthQuestion } from './processes/growth.ts';
import { SDKS, startMicro } from './span-process.ts';

/** The smallest size of each curve. */
const CURVES: Readonly<Record<GrowthQuestion['what'], number>> = {
  'spans per trace': 250,
  'events per span': 50,
  'open spans': 250,
  'nesting depth': 50,
};
const FACTORS = [1, 2, 4, 8];
const MAX_ROUNDS = 7;
const WARM_UP_ROUNDS = 3;
/** The growth of the time per unit from `n` to `8n` that still counts as noise. */
const LINEAR = 1.5;

/** The CPU per unit at `n`, `2n`, `4n` and `8n`. */
export const growth: MicroBench = async (rounds, { receiver }) => {
  const data: Record<string, number[]> = {};
  const rows: string[] = [];
  for (const [what, n] of Object.entries(CURVES)) {
    for (const sdk of SDKS) {
      const env = {
        BENCH_SDK: sdk,
        OTEL_BSP_MAX_QUEUE_SIZE: '65536',
        OTEL_SPAN_EVENT_COUNT_LIMIT: '10000',
      };
      const child = await startMicro('growth', await receiver.open(), env);
      const samples = FACTORS.map((): number[] => []);
      for (let round = -WARM_UP_ROUNDS; round < Math.min(rounds, MAX_ROUNDS); round++) {
        for (const [index, factor] of FACTORS.entries()) {
          const question = { what, n: n * factor };
          const { nanos } = await child.ask<{ nanos: number }>(question);
          if (round >= 0) samples[index]!.push(nanos);
        }
      }
      await child.end();
      const nanos = samples.map(median);
      data[`${what}, ${sdk}`] = nanos;
      const ratio = nanos.at(-1)! / nanos[0]!;
      const cells = nanos.map((one) => Math.round(one));
      const verdict = ratio < LINEAR ? 'linear' : 'not linear';
      rows.push(`| ${[what, n, sdk, ...cells, ratio.toFixed(2), verdict].join(' | ')} |`);
    }
  }
  return {
    table: [
      '| ns of CPU per unit | n | SDK | n | 2n | 4n | 8n | 8n to n | growth |',
      `| ${'--- | '.repeat(9).trim()}`,
      ...rows,
    ].join('\n'),
    data,
  };
};
