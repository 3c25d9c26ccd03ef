/** The micro-benchmarks, as `--only` names them. */
export const MICRO_NAMES = ['methods', 'lines', 'export', 'memory', 'arrival', 'growth'] as const;
