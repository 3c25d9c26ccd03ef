/** What apps differ in. The package must hold for every pair of values. */
export const dimensions = {
  nest: ['11 CommonJS', '12 ESM'],
  peers: ['lowest', 'newest'],
  build: ['tsc', 'SWC', 'bundled'],
  server: ['Express', 'Fastify'],
  packages: ['HTTP only', 'with gRPC'],
} as const;

export type Dimension = keyof typeof dimensions;

/** One app, by its value of each dimension. */
export type AppKind = { readonly [D in Dimension]: (typeof dimensions)[D][number] };
