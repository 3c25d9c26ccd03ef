import { afterEach, expect, it, vi } from 'vitest';
import { preciseNow } from './clock.js';

afterEach(() => vi.restoreAllMocks());

it('is never a millisecond away from the wall clock, and does not run backwards', () => {
  let last = 0;
  for (let i = 0; i < 10_000; i++) {
    const before = Date.now();
    const now = preciseNow();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThan(Date.now() + 1);
    expect(now - last).toBeGreaterThan(-0.1); // it may correct itself by microseconds
    last = now;
  }
});

it('is finer than a millisecond', () => {
  const starts = new Set(Array.from({ length: 100 }, preciseNow));
  expect([...starts].some((start) => !Number.isInteger(start))).toBe(true);
  expect(starts.size).toBeGreaterThan(10);
});

it.each([3_600_000, -3_600_000])('follows a wall clock that is set by %d ms', (by) => {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => real() + by);
  const now = preciseNow();
  expect(Math.abs(now - (real() + by))).toBeLessThan(5);
});
