/** What is compared. Each is a gateway and a service in processes of their own. */
export interface Variant {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Spans that a request must bring to the receiver. */
  readonly spans: number;
}

/** All others are measured against this one. */
export const BASELINE: Variant = { name: 'without the library', env: {}, spans: 0 };

export const VARIANTS: readonly Variant[] = [
  BASELINE,
  // The same once more: how far its ratios are from 1 is how far the others can be trusted.
  { name: 'control (the same again)', env: {}, spans: 0 },
  { name: 'backend none', env: { BENCH_TRACING: 'library', TRACING_BACKEND: 'none' }, spans: 0 },
  // By hand: Nest's hook, interceptors of grpc-js, the stock SDK, and nothing else.
  { name: 'hooks + stock SDK, 100 %', env: { BENCH_TRACING: 'reference' }, spans: 3 },
  {
    name: '100 % sampled, no handler spans',
    env: { BENCH_TRACING: 'library', BENCH_HANDLER_SPANS: 'no' },
    spans: 3,
  },
  { name: '100 % sampled', env: { BENCH_TRACING: 'library' }, spans: 5 },
];
