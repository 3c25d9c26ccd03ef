import { InvalidValue, type Check } from './settings-errors.js';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A hundred years: the end of a longer duration could not be shown as a date. */
const LONGEST = 36_525 * 86_400_000;

/** Reads a duration: a positive number of milliseconds, or a text such as `'90s'`, `'10m'` or `'1h'`. */
export const duration: Check<number> = (value) => {
  const milliseconds = typeof value === 'string' ? fromText(value) : value;
  return typeof milliseconds === 'number' && milliseconds > 0 && milliseconds <= LONGEST
    ? milliseconds
    : InvalidValue.expected(
        "a duration of at most 100 years, in milliseconds or as a text such as '90s', '10m' or '1h'",
        value,
      );
};

function fromText(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  return unit === undefined ? undefined : Number(number) * (units[unit] ?? Number.NaN);
}
