import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly rounds: number;
  /** How long a variant is under load in a round, in milliseconds. */
  readonly millis: number;
  readonly json: string | undefined;
}

/** @throws with what is right, where the arguments are wrong. */
export function benchOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, json: { type: 'string' } },
  });
  if (values.json === '') throw new Error('--json takes the name of a file');
  return {
    ...(values.quick ? { rounds: 4, millis: 1000 } : { rounds: 20, millis: 2000 }),
    json: values.json,
  };
}
