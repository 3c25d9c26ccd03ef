import { expect, it } from 'vitest';
import { benchOptions } from './options.ts';
import { groupsOf, isSelected } from './variants.ts';

it('measures everything by default', () => {
  expect(benchOptions([])).toMatchObject({
    rounds: 20,
    pairs: 1,
    parts: { apps: true, micro: true },
    profile: undefined,
  });
});

it('--quick measures the main variants, and no micro-benchmark', () => {
  expect(benchOptions(['--quick', '--json', 'a.json'])).toMatchObject({
    isQuick: true,
    rounds: 6,
    parts: { apps: true, micro: false },
    json: 'a.json',
  });
});

it('--micro measures only micro-benchmarks', () => {
  expect(benchOptions(['--micro']).parts).toEqual({ apps: false, micro: true });
});

it('--only selects variants and micro-benchmarks', () => {
  expect(benchOptions(['--only', 'export,growth'])).toMatchObject({
    only: ['export', 'growth'],
    parts: { apps: false, micro: true },
  });
  expect(benchOptions(['--only', 'stock']).parts).toEqual({ apps: true, micro: false });
  expect(() => benchOptions(['--only', 'other'])).toThrow(/--only got other/);
});

it('--profile takes a variant', () => {
  expect(benchOptions(['--profile']).profile).toBe('nestjs-tracing 100 %');
  expect(benchOptions(['--profile', 'stock 100 %']).profile).toBe('stock 100 %');
  expect(() => benchOptions(['--profile', 'other'])).toThrow(/--profile got other/);
});

it('rejects unknown and invalid arguments', () => {
  expect(() => benchOptions(['--fast'])).toThrow(/--fast/);
  expect(() => benchOptions(['--rounds', '0'])).toThrow(/--rounds expects a positive integer/);
  expect(() => benchOptions(['fast'])).toThrow(/Unexpected argument: fast/);
});

it('a whole name selects only itself', () => {
  const all = ['stock 1 %', 'stock 1 % (Nest 11)'];
  expect(isSelected(['stock 1 %'], 'stock 1 % (Nest 11)', all)).toBe(false);
  expect(isSelected(['stock'], 'stock 1 % (Nest 11)', all)).toBe(true);
});

it('the base of a group is always measured', () => {
  const [group, ...others] = groupsOf(({ name }) => name === 'stock 100 %');
  expect(group?.variants.map(({ name }) => name)).toEqual(['untraced', 'stock 100 %']);
  expect(others).toEqual([]);
});
