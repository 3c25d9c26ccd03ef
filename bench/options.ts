import { parseArgs } from 'node:util';
import { MICRO_NAMES } from './micro/names.ts';
import { isSelected, VARIANT_NAMES } from './variants.ts';

/** What the command line asks for. */
export interface BenchOptions {
  readonly rounds: number;
  /** The requests that a pair of processes answers before it is measured. */
  readonly warmUp: number;
  /** The requests of a round at saturation. */
  readonly requests: number;
  /** The requests of a round at a fixed rate. */
  readonly requestsAtRate: number;
  /** The pairs of processes of each variant. */
  readonly pairs: number;
  /** How often each variant is started, beside the pairs, to measure its startup. */
  readonly starts: number;
  /** Whether only the most important variants are run. */
  readonly isQuick: boolean;
  /** Whether the apps are measured, and the micro-benchmarks. */
  readonly parts: { readonly apps: boolean; readonly micro: boolean };
  /** The names, or parts of names, of what is measured. If empty, everything is measured. */
  readonly only: readonly string[];
  /** The variant whose CPU is profiled, instead of measuring anything. */
  readonly profile: string | undefined;
  /** The collector that receives the spans, instead of the receiver of the bench. */
  readonly collector: string | undefined;
  /** The file that receives the results. */
  readonly json: string | undefined;
}

const FULL = { rounds: 20, warmUp: 25_000, requests: 2000, requestsAtRate: 1000, starts: 5 };
const QUICK = { rounds: 6, warmUp: 8000, requests: 1000, requestsAtRate: 400, starts: 0 };

/** Parses the command line. @throws if an argument is unknown or invalid, with what was expected. */
export function benchOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      micro: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      rounds: { type: 'string' },
      pairs: { type: 'string', default: '1' },
      'warm-up': { type: 'string' },
      starts: { type: 'string' },
      collector: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { quick: isQuick, micro, collector, json } = values;
  if (json === '') throw new Error('--json expects the name of a file.');
  const defaults = isQuick ? QUICK : FULL;
  const only = namesOf(values.only);
  const selects = (names: readonly string[]): boolean =>
    only.length === 0 || names.some((name) => isSelected(only, name, names));
  return {
    ...defaults,
    rounds: number('--rounds', values.rounds, defaults.rounds),
    warmUp: number('--warm-up', values['warm-up'], defaults.warmUp),
    pairs: number('--pairs', values.pairs, 1),
    starts: number('--starts', values.starts, defaults.starts),
    isQuick,
    parts: {
      apps: !micro && selects(VARIANT_NAMES),
      micro: micro || (!isQuick && selects(MICRO_NAMES)),
    },
    only,
    profile: profiled(values.profile, positionals),
    collector,
    json,
  };
}

function number(option: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw new Error(`${option} expects a positive integer, got ${value}.`);
}

function namesOf(only: string): string[] {
  const all = [...VARIANT_NAMES, ...MICRO_NAMES];
  const names = only
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !all.some((one) => one.includes(name)));
  if (unknown === undefined) return names;
  throw new Error(
    `--only got ${unknown}, which no name contains. The names are:\n${all.join('\n')}`,
  );
}

function profiled(isProfile: boolean, positionals: readonly string[]): string | undefined {
  const [variant, ...others] = positionals;
  if (!isProfile && variant !== undefined) throw new Error(`Unexpected argument: ${variant}`);
  if (others.length > 0)
    throw new Error(`--profile expects one variant, got ${positionals.join(', ')}.`);
  if (variant !== undefined && !VARIANT_NAMES.includes(variant)) {
    throw new Error(`--profile got ${variant}. The names are:\n${VARIANT_NAMES.join('\n')}`);
  }
  return isProfile ? (variant ?? 'nestjs-tracing 100 %') : undefined;
}
