import { expect, it } from 'vitest';
import { estimate, format, median, quantile, ratioEstimate } from './estimate.ts';

it('interpolates quantiles between the values', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  expect(median([3, 1, 2])).toBe(2);
});

it('has a confidence interval around the median, which is always the same', () => {
  const values = Array.from({ length: 20 }, (_, index) => index + 1);
  const { median, low, high } = estimate(values);
  expect(median).toBe(10.5);
  expect(low).toBeGreaterThan(4);
  expect(low).toBeLessThan(9);
  expect(high).toBeGreaterThan(12);
  expect(high).toBeLessThan(17);
  expect(estimate(values)).toEqual({ median, low, high });
});

it('a single value has no interval', () => {
  expect(estimate([2])).toEqual({ median: 2, low: 2, high: 2 });
});

it('the interval includes the differences between pairs of processes', () => {
  const values = [1, 1.01, 0.99, 2, 2.01, 1.99, 3, 3.01, 2.99];
  const pairs = [0, 0, 0, 1, 1, 1, 2, 2, 2];
  const { low, high } = estimate(values, pairs);
  expect(low).toBeLessThan(1.1);
  expect(high).toBeGreaterThan(2.9);
});

it('a machine that is slow for a round does not change the ratios', () => {
  const twice = ratioEstimate([200, 600, 400], [100, 300, 200]);
  expect(twice).toEqual({ median: 2, low: 2, high: 2 });
  expect(format(twice)).toBe('2.00 (2.00-2.00)');
});
