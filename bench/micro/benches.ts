import { arrival } from './arrival.ts';
import { exportCost } from './export-cost.ts';
import { growth } from './growth.ts';
import { lines } from './lines.ts';
import { memory } from './memory.ts';
import { methods } from './methods.ts';
import type { MicroBench } from './micro-result.ts';
import type { MICRO_NAMES } from './names.ts';

export const MICRO_BENCHES: Readonly<Record<(typeof MICRO_NAMES)[number], MicroBench>> = {
  methods,
  lines,
  export: exportCost,
  memory,
  arrival,
  growth,
};
