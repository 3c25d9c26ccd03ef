import { saturate } from '../load/saturate.ts';
import { AppPair } from '../processes/app-pair.ts';
import { openServices, type Place } from '../processes/place.ts';
import { estimate, format } from '../statistics/estimate.ts';
import { GROUPS } from '../variants.ts';
import type { MicroBench } from './micro-result.ts';
import type { MemoryQuestion } from './processes/memory.ts';
import { SDKS, startMicro, type SdkName } from './span-process.ts';

/** The garbage of a measurement fits in this young generation, so that its size is that of the heap's growth. */
const NODE_OPTIONS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];
/** Fewer than the queue of the SDK holds. */
const QUEUED = 2000;
const WARM_UP = 5000;
const REQUESTS = 500;
const MAX_ROUNDS = 5;

const VARIANTS = ['untraced', 'stock 100 %', 'nestjs-tracing 100 %'];

/** The memory of a span in the queue, and the garbage of a span and of a request. */
export const memory: MicroBench = async (rounds, place) => {
  const count = Math.min(rounds, MAX_ROUNDS);
  const spans: Record<string, Record<MemoryQuestion['measure'], number[]>> = {};
  for (const sdk of SDKS) {
    const own = { queue: [] as number[], garbage: [] as number[] };
    for (let round = 0; round < count; round++) {
      own.queue.push(await spanBytes(sdk, 'queue', place));
      own.garbage.push(await spanBytes(sdk, 'garbage', place));
    }
    spans[sdk] = own;
  }
  const requests: Record<string, number[]> = {};
  for (const name of VARIANTS) requests[name] = await requestBytes(name, count, place);
  const bytes = (values: readonly number[]): string => format(estimate(values), 0);
  const kilobytes = (values: readonly number[]): string =>
    format(estimate(values.map((value) => value / 1000)), 1);
  const table = [
    '| bytes per span with 10 attributes | in the queue | garbage |',
    '| --- | --- | --- |',
    ...SDKS.map(
      (sdk) => `| ${sdk} | ${bytes(spans[sdk]!.queue)} | ${bytes(spans[sdk]!.garbage)} |`,
    ),
    '',
    '| minimal app | garbage per request, kB |',
    '| --- | --- |',
    ...VARIANTS.map((name) => `| ${name} | ${kilobytes(requests[name]!)} |`),
  ];
  return { table: table.join('\n'), data: { spans, requests } };
};

/** Each measurement has a process of its own: buffers that have grown once stay. */
async function spanBytes(
  sdk: SdkName,
  measure: MemoryQuestion['measure'],
  { receiver }: Place,
): Promise<number> {
  // A queue that is not sent before it is measured.
  const queue = {
    OTEL_BSP_MAX_QUEUE_SIZE: '8192',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8192',
    OTEL_BSP_SCHEDULE_DELAY: '100000',
  };
  const env = { BENCH_SDK: sdk, ...(measure === 'queue' && queue) };
  const child = await startMicro('memory', await receiver.open(), env, NODE_OPTIONS);
  const { bytes } = await child.ask<{ bytes: number }>({ measure, spans: QUEUED });
  await child.end();
  return bytes;
}

/** The garbage of both processes. */
async function requestBytes(name: string, rounds: number, place: Place): Promise<number[]> {
  const variant = GROUPS.flatMap(({ variants }) => [...variants]).find((one) => one.name === name)!;
  const pair = await AppPair.start(variant, await openServices(place), NODE_OPTIONS);
  await saturate(pair.url, pair.request, WARM_UP);
  const bytes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { heap } = await pair.ask('collect garbage');
    await saturate(pair.url, pair.request, REQUESTS);
    bytes.push(((await pair.ask('usage')).heap - heap) / REQUESTS);
  }
  await pair.end();
  return bytes;
}
