import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Settings } from '../settings/settings.js';

/** What `nestjs-tracing/register` has done. */
export interface Registered {
  /** The instrumentations, by the packages that hold them. */
  readonly packages: Map<string, readonly Instrumentation[]>;
  /** What it could not do, and how to mend it. */
  readonly faults: string[];
}

/** Shared by `register` and the app, and by both builds of this package. */
const key = Symbol.for('nestjs-tracing.registered');
const state = globalThis as { [key]?: Registered };

/** Undefined in a process that was started without `register`. */
export function registered(): Registered | undefined {
  return state[key];
}

/** Says that `register` runs; undefined where it has run before. */
export function beginRegistering(): Registered | undefined {
  if (state[key] !== undefined) return undefined;
  return (state[key] = { packages: new Map(), faults: [] });
}

/** Those that the options give, and those that `register` has constructed. */
export function activeInstrumentations({
  instrumentations,
}: Pick<Settings, 'instrumentations'>): readonly Instrumentation[] {
  return [...instrumentations, ...[...(state[key]?.packages.values() ?? [])].flat()];
}
