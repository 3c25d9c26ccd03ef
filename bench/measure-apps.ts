import { loadavg } from 'node:os';
import { saturate } from './load/saturate.ts';
import { sendAtRate } from './load/send-at-rate.ts';
import type { BenchOptions } from './options.ts';
import { AppPair, type Services } from './processes/app-pair.ts';
import { openServices, type Place } from './processes/place.ts';
import { median, quantile } from './statistics/estimate.ts';
import type { Group, Variant } from './variants.ts';

/** What a variant did in one round. */
export interface Sample {
  /** Which pair of processes of the variant was measured. */
  readonly pair: number;
  /** Microseconds of CPU of both processes, at saturation. */
  readonly cpu: number;
  /** Requests per second, at saturation. */
  readonly throughput: number;
  /** Milliseconds at a fixed rate, at half of the throughput of the untraced app. */
  readonly p50: number;
  readonly p99: number;
  /** The memory of both processes, in bytes. */
  readonly rss: number;
  /** The load average of the last minute. */
  readonly load: number;
}

/** What was measured of a variant. */
export interface Measured {
  readonly variant: Variant;
  readonly samples: Sample[];
  /** Milliseconds from the start of the processes until both were ready. */
  readonly startups: number[];
  /** The spans that were received for each request, or `undefined` if the receiver does not count them. */
  spansPerRequest: number | undefined;
}

/** A pair of processes under measurement. */
interface Running {
  readonly pair: AppPair;
  readonly services: Services;
  /** The CPU of the pair until the end of its last measurement. */
  cpu: number;
  /** The requests that the pair has answered. */
  requests: number;
}

/**
 * Measures the variants of a group in turn. All processes of the group run during the whole measurement, and
 * in each round each variant has another place in the order.
 */
export async function measureGroup(
  { variants, title }: Group,
  options: BenchOptions,
  place: Place,
): Promise<Measured[]> {
  const progress = (text: string): void => void process.stderr.write(`\r\x1b[K${title}: ${text}`);
  const all: Measured[] = [];
  const running = new Map<Variant, Running[]>();
  for (const variant of variants) {
    progress(`warm-up of ${variant.name}`);
    const pairs: Running[] = [];
    const startups: number[] = [];
    for (let index = 0; index < options.pairs; index++) {
      const one = await start(variant, place);
      startups.push(one.pair.startup);
      await warmUp(one, options.warmUp, place);
      pairs.push(one);
    }
    running.set(variant, pairs);
    all.push({ variant, samples: [], startups, spansPerRequest: undefined });
  }
  for (let count = 0; count < options.starts; count++) {
    progress(`startup ${count + 1} of ${options.starts}`);
    for (const { variant, startups } of inTurn(all, count))
      startups.push(await startup(variant, place));
  }
  const rates: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    progress(`round ${round + 1} of ${options.rounds}`);
    const index = round % options.pairs;
    const saturated = new Map<Measured, Pick<Sample, 'cpu' | 'throughput'>>();
    for (const measured of inTurn(all, round)) {
      const one = running.get(measured.variant)![index]!;
      saturated.set(measured, await measureSaturated(one, options.requests));
    }
    rates.push(saturated.get(all[0]!)!.throughput / 2);
    for (const measured of inTurn(all, round)) {
      const one = running.get(measured.variant)![index]!;
      const atRate = await measureAtRate(one, options.requestsAtRate, median(rates));
      measured.samples.push({ pair: index, ...saturated.get(measured)!, ...atRate });
    }
  }
  progress('end\n');
  for (const measured of all) {
    measured.spansPerRequest = await spansPerRequest(running.get(measured.variant)!, place);
  }
  await Promise.all([...running.values()].flat().map(({ pair }) => pair.end()));
  return all;
}

async function start(variant: Variant, place: Place): Promise<Running> {
  const services = await openServices(place);
  const pair = await AppPair.start(variant, services);
  return { pair, services, cpu: 0, requests: 0 };
}

/** Milliseconds until another pair of processes of a variant is ready. */
async function startup(variant: Variant, place: Place): Promise<number> {
  const { pair } = await start(variant, place);
  await pair.end();
  return pair.startup;
}

/**
 * Sends requests until the app is compiled and settled.
 *
 * @throws if the requests did not bring the spans that the variant promises
 */
async function warmUp(one: Running, requests: number, place: Place): Promise<void> {
  const { variant, url, request } = one.pair;
  await saturate(url, request, requests);
  one.requests += requests;
  if (place.collector === undefined) {
    if (variant.spans === 'to another service') {
      if ((await place.receiver.countUpTo(one.services.sink, 1)) === 0) {
        throw new Error(`${variant.name} sent nothing to the service that stands in for its own.`);
      }
    } else {
      await checkSpans(variant, await receivedSpans(one, place), requests);
    }
  }
  one.cpu = (await one.pair.ask('usage')).cpu;
}

async function receivedSpans(one: Running, { receiver }: Place): Promise<number> {
  const { spans } = one.pair.variant;
  const expected = typeof spans === 'number' ? spans * one.requests : 1;
  return receiver.countUpTo(one.services.collector, expected);
}

function checkSpans({ name, spans }: Variant, received: number, requests: number): void {
  // Some instrumentations create spans at startup, too.
  const isRight =
    typeof spans === 'number'
      ? received >= spans * requests && received <= spans * requests + (spans && 20)
      : received > 0 && received < requests;
  if (isRight) return;
  throw new Error(
    `${name} brought ${received} spans in ${requests} requests, expected ${spans} each.`,
  );
}

async function spansPerRequest(
  pairs: readonly Running[],
  place: Place,
): Promise<number | undefined> {
  if (place.collector !== undefined) return undefined;
  if (pairs[0]?.pair.variant.spans === 'to another service') return undefined;
  let spans = 0;
  let requests = 0;
  for (const one of pairs) {
    spans += await receivedSpans(one, place);
    requests += one.requests;
  }
  return spans / requests;
}

/**
 * The CPU is that since the end of the previous measurement of these processes, so that the export of the
 * last spans of a round counts, too.
 */
async function measureSaturated(
  one: Running,
  requests: number,
): Promise<Pick<Sample, 'cpu' | 'throughput'>> {
  const throughput = await saturate(one.pair.url, one.pair.request, requests);
  one.requests += requests;
  const { cpu } = await one.pair.ask('usage');
  const used = cpu - one.cpu;
  one.cpu = cpu;
  return { cpu: used / requests, throughput };
}

async function measureAtRate(
  one: Running,
  requests: number,
  rate: number,
): Promise<Omit<Sample, 'pair' | 'cpu' | 'throughput'>> {
  const latencies = await sendAtRate(one.pair.url, one.pair.request, requests, rate);
  one.requests += requests;
  const { cpu, rss } = await one.pair.ask('usage');
  one.cpu = cpu;
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    rss,
    load: loadavg()[0] ?? NaN,
  };
}

function inTurn<T>(all: readonly T[], round: number): T[] {
  return all.map((_, place) => all[(place + round) % all.length]!);
}
