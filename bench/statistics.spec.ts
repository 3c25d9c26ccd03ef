import { expect, it } from 'vitest';
import { benchOptions } from './bench-options.ts';
import { quantile, ratios, spread } from './statistics.ts';

it('quantiles lie between the values', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  expect(spread([3, 1, 2])).toEqual({ median: 2, low: 1.5, high: 2.5 });
});

it('a machine that is slow for a round does not change the ratios', () => {
  const sample = (by: number) => ({ cpuPerRequest: by, throughput: 1 / by, p50: by, p99: by });
  const baseline = [sample(100), sample(300)];
  const twice = [sample(200), sample(600)];
  expect(ratios(twice, baseline).cpuPerRequest).toEqual({ median: 2, low: 2, high: 2 });
  expect(ratios(twice, baseline).throughput.median).toBeCloseTo(0.5);
});

it('arguments: --quick, --json FILE, nothing else', () => {
  expect(benchOptions(['--quick', '--json', 'a.json'])).toMatchObject({
    rounds: 4,
    json: 'a.json',
  });
  expect(() => benchOptions(['--fast'])).toThrow(/--fast/);
});
