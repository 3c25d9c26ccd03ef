import { estimate, format, ratioEstimate } from '../statistics/estimate.ts';
import type { Child } from '../processes/child.ts';
import type { MicroBench } from './micro-result.ts';
import type { SpanCost } from './processes/export-cost.ts';
import { SDKS, startMicro, type SdkName } from './span-process.ts';

const SPANS = 10_000;
const WARM_UP_ROUNDS = 5;

/** What a span with ten attributes costs until it has been received. */
export const exportCost: MicroBench = async (rounds, { receiver }) => {
  const children = new Map<SdkName, Child>();
  const samples = new Map<SdkName, SpanCost[]>(SDKS.map((sdk) => [sdk, []]));
  for (const sdk of SDKS) {
    const env = { BENCH_SDK: sdk, OTEL_BSP_MAX_QUEUE_SIZE: '65536' };
    children.set(sdk, await startMicro('export-cost', await receiver.open(), env));
  }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const sdk of round % 2 === 0 ? SDKS : SDKS.toReversed()) {
      const sample = await children.get(sdk)!.ask<SpanCost>({ spans: SPANS });
      if (round >= 0) samples.get(sdk)?.push(sample);
    }
  }
  await Promise.all([...children.values()].map((child) => child.end()));
  const stock = samples.get('stock')!;
  const part = ({ make, cpu }: SpanCost): number => cpu - make;
  const rows = SDKS.map((sdk) => {
    const own = samples.get(sdk)!;
    const cells = [
      format(estimate(own.map(({ make }) => make / 1000))),
      format(estimate(own.map((one) => part(one) / 1000))),
      format(estimate(own.map(({ cpu }) => cpu / 1000))),
      format(
        ratioEstimate(
          own.map(({ cpu }) => cpu),
          stock.map(({ cpu }) => cpu),
        ),
      ),
    ];
    return `| ${[sdk, ...cells].join(' | ')} |`;
  });
  return {
    table: [
      '| us of CPU per span with 10 attributes | start to end | serializing and sending | all | ratio to stock |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    data: Object.fromEntries(samples),
  };
};
