/** An app, and how it is traced. Each variant runs as a gateway and a service, in two processes. */
export interface Variant {
  readonly name: string;
  readonly app: 'minimal' | 'realistic';
  readonly nest: 11 | 12;
  /** A file of `apps/tracing` or `competitors/tracing`. An untraced app has none. */
  readonly tracing?: string;
  /** What Node loads before the app: the file of `tracing`, or a package. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The spans that each request must bring to the receiver, or `some` for a few percent of the requests. */
  readonly spans: number | 'some' | 'to another service';
  /** Whether `--quick` runs it. */
  readonly quick?: true;
}

/** Variants that are compared with the first of them, which is untraced. */
export interface Group {
  readonly title: string;
  readonly variants: readonly [base: Variant, ...Variant[]];
}

const RATIO = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
const DISABLED = { OTEL_SDK_DISABLED: 'true' };

const minimal = { app: 'minimal', nest: 12 } as const;
const ours = { ...minimal, tracing: 'nestjs-tracing' } as const;
const stock = { ...minimal, tracing: 'stock', preload: 'tracing' } as const;

const nest11 = { app: 'minimal', nest: 11 } as const;
const stock11 = { ...nest11, tracing: 'stock', preload: 'tracing' } as const;

const realistic = { app: 'realistic', nest: 12 } as const;

export const GROUPS: readonly Group[] = [
  {
    title: 'Minimal app, Nest 12',
    variants: [
      { ...minimal, name: 'untraced', spans: 0, quick: true },
      // Its distance from 1 is noise.
      { ...minimal, name: 'control', spans: 0, quick: true },
      {
        ...ours,
        name: 'nestjs-tracing none',
        env: { TRACING_BACKEND: 'none' },
        spans: 0,
        quick: true,
      },
      { ...ours, name: 'nestjs-tracing dormant', env: { TRACING_SAMPLING: 'dormant' }, spans: 0 },
      { ...ours, name: 'nestjs-tracing 1 %', env: { TRACING_SAMPLING: '0.01' }, spans: 'some' },
      {
        ...ours,
        name: 'nestjs-tracing 100 % without handler spans',
        env: { BENCH_HANDLER_SPANS: 'no' },
        spans: 3,
      },
      { ...ours, name: 'nestjs-tracing 100 %', spans: 5, quick: true },
      { ...stock, name: 'stock disabled', env: DISABLED, spans: 0, quick: true },
      { ...stock, name: 'stock 1 %', env: RATIO, spans: 'some' },
      { ...stock, name: 'stock 100 %', spans: 3, quick: true },
      { ...minimal, name: 'hand-written 100 %', tracing: 'hand-written', spans: 3 },
    ],
  },
  {
    title: 'Minimal app, Nest 11',
    variants: [
      { ...nest11, name: 'untraced (Nest 11)', spans: 0 },
      { ...nest11, name: 'nestjs-tracing 100 % (Nest 11)', tracing: 'nestjs-tracing', spans: 5 },
      { ...stock11, name: 'stock disabled (Nest 11)', env: DISABLED, spans: 0 },
      { ...stock11, name: 'stock 1 % (Nest 11)', env: RATIO, spans: 'some' },
      { ...stock11, name: 'stock 100 % (Nest 11)', spans: 5 },
      {
        ...nest11,
        name: 'nestjs-otel 100 % (Nest 11)',
        tracing: 'nestjs-otel',
        preload: 'tracing',
        spans: 5,
      },
      {
        ...nest11,
        name: '@sentry/nestjs 100 % (Nest 11)',
        tracing: 'sentry',
        preload: 'tracing',
        spans: 'to another service',
      },
      {
        ...nest11,
        name: 'dd-trace 100 % (Nest 11)',
        tracing: 'dd-trace',
        preload: 'tracing',
        spans: 'to another service',
      },
    ],
  },
  {
    title: 'Realistic app, Nest 12',
    variants: [
      { ...realistic, name: 'untraced (realistic app)', spans: 0 },
      {
        ...realistic,
        name: 'nestjs-tracing 100 % (realistic app)',
        tracing: 'nestjs-tracing',
        preload: 'nestjs-tracing/register',
        env: { TRACING_INSTRUMENTATIONS: '@opentelemetry/instrumentation-ioredis' },
        spans: 6,
      },
      {
        ...realistic,
        name: 'stock 100 % (realistic app)',
        tracing: 'stock',
        preload: 'tracing',
        spans: 4,
      },
    ],
  },
];

/**
 * The groups with only the variants that a test accepts, and their bases. A group of which no variant is
 * accepted is left out.
 */
export function groupsOf(accepts: (variant: Variant) => boolean): Group[] {
  return GROUPS.flatMap(({ title, variants: [base, ...others] }) => {
    const accepted = others.filter(accepts);
    if (accepted.length === 0 && !accepts(base)) return [];
    return [{ title, variants: [base, ...accepted] as const }];
  });
}

/**
 * Whether `--only` selects a name: if it is the name of a variant or of a micro-benchmark, only that one,
 * and otherwise all names that contain it.
 */
export function isSelected(only: readonly string[], name: string, all: readonly string[]): boolean {
  return only.some((part) => (all.includes(part) ? name === part : name.includes(part)));
}

export const VARIANT_NAMES: readonly string[] = GROUPS.flatMap(({ variants }) =>
  variants.map(({ name }) => name),
);
