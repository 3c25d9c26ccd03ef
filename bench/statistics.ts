/** One variant under load once. */
export interface Sample {
  readonly cpuPerRequest: number;
  readonly throughput: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** The median and the quartiles. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

/** Ratios round by round, so that what slows the machine for a while slows both sides of a ratio. */
export function ratios(
  samples: readonly Sample[],
  baseline: readonly Sample[],
): Record<keyof Sample, Spread> {
  const of = (key: keyof Sample): Spread =>
    spread(samples.map((sample, round) => sample[key] / (baseline[round]?.[key] ?? NaN)));
  return {
    cpuPerRequest: of('cpuPerRequest'),
    throughput: of('throughput'),
    p50: of('p50'),
    p99: of('p99'),
  };
}
