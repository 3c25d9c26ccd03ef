/** A median, and its confidence interval of 95 %. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/** The quantile of sorted values, interpolated between two of them. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/**
 * The median of values, with a confidence interval by bootstrap: the quantiles 0.025 and 0.975 of the medians
 * of random resamples. The same values always give the same interval.
 *
 * @param pairs is the index of the pair of processes of each value. Values of one pair are alike, so
 * resamples first draw pairs, and then values of these.
 */
export function estimate(values: readonly number[], pairs?: readonly number[]): Estimate {
  const byPair = Map.groupBy(values, (_, index) => pairs?.[index] ?? 0);
  const groups = [...byPair.values()];
  const random = randomNumbers();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const medians = Float64Array.from({ length: values.length > 1 ? RESAMPLES : 0 }, () =>
    median(
      groups.flatMap(() => {
        const group = pick(groups);
        return group.map(() => pick(group));
      }),
    ),
  ).sort();
  const middle = median(values);
  if (medians.length === 0) return { median: middle, low: middle, high: middle };
  return { median: middle, low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}

/** The estimate of ratios, each computed within a round, so that a slow round affects both of its sides. */
export function ratioEstimate(
  values: readonly number[],
  base: readonly number[],
  pairs?: readonly number[],
): Estimate {
  return estimate(
    values.map((value, round) => value / (base[round] ?? NaN)),
    pairs,
  );
}

/** `1.23 (1.20-1.26)` */
export function format({ median, low, high }: Estimate, digits = 2): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}

/** A generator of numbers from 0 to 1 that always starts with the same one (mulberry32). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
