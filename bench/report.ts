import { cpus } from 'node:os';
import { ratios, spread, type Sample, type Spread } from './statistics.ts';
import { BASELINE } from './variants.ts';

export type Rounds = ReadonlyMap<string, readonly Sample[]>;

/** The table of ratios to the baseline: medians, and in brackets the quartiles. */
export function report(rounds: Rounds): string {
  const baseline = rounds.get(BASELINE.name) ?? [];
  const lines = [
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${baseline.length} rounds`,
    `${BASELINE.name}: ${Math.round(spread(baseline.map((one) => one.cpuPerRequest)).median)} us of CPU a request, ` +
      `${Math.round(spread(baseline.map((one) => one.throughput)).median)} requests/s`,
    '',
    '| ratio to it | CPU per request | throughput | p50 | p99 |',
    '| --- | --- | --- | --- | --- |',
  ];
  for (const [name, samples] of rounds) {
    if (name === BASELINE.name) continue;
    const { cpuPerRequest, throughput, p50, p99 } = ratios(samples, baseline);
    lines.push(`| ${[name, ...[cpuPerRequest, throughput, p50, p99].map(cell)].join(' | ')} |`);
  }
  return lines.join('\n');
}

function cell({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}
