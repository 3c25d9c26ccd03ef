import { expect, it } from 'vitest';
import { duration } from './duration.js';
import { InvalidValue } from './settings-errors.js';

it.each([
  [1500, 1500],
  ['1500ms', 1500],
  ['90s', 90_000],
  [' 10m ', 600_000],
  ['1.5h', 5_400_000],
  ['60d', 5_184_000_000],
])('%j is %d milliseconds', (value, milliseconds) => {
  expect(duration(value)).toBe(milliseconds);
});

it.each([
  0,
  -1,
  Number.NaN,
  Infinity,
  '',
  '10',
  '10 m',
  'm',
  '-1m',
  '1h30m',
  '999999d',
  null,
  true,
])('%j is no duration', (value) => {
  expect(duration(value)).toBeInstanceOf(InvalidValue);
});
