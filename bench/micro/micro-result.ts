import type { Place } from '../processes/place.ts';

/** The results of a micro-benchmark. */
export interface MicroResult {
  readonly name: string;
  /** A table in Markdown. */
  readonly table: string;
  /** What the table was made from. */
  readonly data: unknown;
}

/** Measures something in processes of its own. */
export type MicroBench = (rounds: number, place: Place) => Promise<Omit<MicroResult, 'name'>>;
