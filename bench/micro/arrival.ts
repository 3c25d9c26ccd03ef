import { setTimeout as sleep } from 'node:timers/promises';
import type { MicroBench } from './micro-result.ts';
import type { ArrivalAnswer } from './processes/arrival.ts';
import { SDKS, startMicro } from './span-process.ts';

/** Spans per second. */
const RATES = [5000, 10_000, 20_000, 40_000, 80_000, 160_000];
const MILLIS = 2000;

/** What became of the spans of one rate. */
interface Arrival extends ArrivalAnswer {
  readonly rate: number;
  readonly arrived: number;
}

/** How many spans per second one process brings to the receiver, with the default queue. */
export const arrival: MicroBench = async (_rounds, { receiver }) => {
  const data: Record<string, Arrival[]> = {};
  for (const sdk of SDKS) {
    const collector = await receiver.open();
    const child = await startMicro('arrival', collector, { BENCH_SDK: sdk });
    // For the compiler.
    await child.ask({ rate: 5000, millis: MILLIS });
    const arrivals: Arrival[] = [];
    for (const rate of RATES) {
      await sleep(200);
      const before = await receiver.count(collector);
      const answer = await child.ask<ArrivalAnswer>({ rate, millis: MILLIS });
      await sleep(200);
      const arrived = (await receiver.count(collector)) - before;
      arrivals.push({ ...answer, rate, arrived });
    }
    data[sdk] = arrivals;
    await child.end();
  }
  const rows = RATES.flatMap((rate, index) =>
    SDKS.map((sdk) => row(rate, sdk, data[sdk]![index]!)),
  );
  return {
    table: [
      '| spans/s asked for | SDK | made per second | arrived | dropped | dropped as logged |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    data,
  };
};

function row(rate: number, sdk: string, { made, seconds, arrived, reported }: Arrival): string {
  const share = `${((arrived / made) * 100).toFixed(1)} %`;
  const cells = [rate, sdk, Math.round(made / seconds), share, made - arrived, reported];
  return `| ${cells.join(' | ')} |`;
}
