import { isFullMethod, isPath, type Ignored } from './checks.js';
import { InvalidValue } from './settings-errors.js';

/** Environment variables, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Splits a comma-separated list. */
export function commas(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Returns the text itself if it is not a number, so that a check reports what was written. */
export function numberOf(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

export function flagOf(text: string): boolean | InvalidValue {
  const word = text.trim().toLowerCase();
  return word === 'true' || word === 'false'
    ? word === 'true'
    : InvalidValue.expected('true or false', text);
}

export function ignoreOf(text: string): Ignored | InvalidValue {
  const entries = commas(text);
  const wrong = entries.filter((one) => !isPath(one) && !isFullMethod(one));
  if (wrong.length > 0)
    return InvalidValue.expected(
      'paths that begin with a slash, or full methods pkg.Service/Method',
      wrong,
    );
  return { http: entries.filter(isPath), grpc: entries.filter((one) => !isPath(one)) };
}
