import type { Machine } from './machine.ts';
import type { Measured, Sample } from './measure-apps.ts';
import type { MicroResult } from './micro/micro-result.ts';
import { estimate, median, ratioEstimate, type Estimate } from './statistics/estimate.ts';
import type { Group } from './variants.ts';

/** What is measured in each round and compared with the base. */
const METRICS = ['cpu', 'throughput', 'p50', 'p99', 'rss'] as const;
type Metric = (typeof METRICS)[number] | 'startup';

/** The results of a variant. */
export interface VariantResult {
  readonly name: string;
  readonly spansPerRequest: number | undefined;
  /** The ratios to the base, which is the first variant of its group. */
  readonly ratios: Readonly<Record<Metric, Estimate>>;
  /** The medians: microseconds, requests per second, milliseconds, bytes. */
  readonly medians: Readonly<Record<Metric, number>>;
  readonly samples: readonly Sample[];
  readonly startups: readonly number[];
}

export interface GroupResult {
  readonly title: string;
  readonly variants: readonly VariantResult[];
}

/** The results of a run, as `--json` writes them. */
export interface Results {
  /** The day of the run, such as `2026-12-31`. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly pairs: number;
  readonly groups: readonly GroupResult[];
  readonly micro: readonly MicroResult[];
  /** What was not measured, and why. */
  readonly skipped: readonly string[];
}

/** Compares the variants of a group with the first. */
export function groupResult({ title }: Group, measured: readonly Measured[]): GroupResult {
  const base = measured[0]!;
  return { title, variants: measured.map((one) => variantResult(one, base)) };
}

function variantResult(
  { variant, samples, startups, spansPerRequest }: Measured,
  base: Measured,
): VariantResult {
  const pairs = samples.map(({ pair }) => pair);
  const ratios = METRICS.map((metric) => [
    metric,
    ratioEstimate(
      samples.map((sample) => sample[metric]),
      base.samples.map((sample) => sample[metric]),
      pairs,
    ),
  ]);
  const medians = METRICS.map((metric) => [metric, median(samples.map((one) => one[metric]))]);
  return {
    name: variant.name,
    spansPerRequest,
    ratios: {
      ...(Object.fromEntries(ratios) as Record<(typeof METRICS)[number], Estimate>),
      startup: estimate(startups.map((one, index) => one / base.startups[index]!)),
    },
    medians: {
      ...(Object.fromEntries(medians) as Record<(typeof METRICS)[number], number>),
      startup: median(startups),
    },
    samples,
    startups,
  };
}
