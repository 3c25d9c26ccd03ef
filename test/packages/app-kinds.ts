import type { AppKind } from './dimensions.ts';

const kind = (
  nest: AppKind['nest'],
  peers: AppKind['peers'],
  build: AppKind['build'],
  server: AppKind['server'],
  packages: AppKind['packages'],
): AppKind => ({ nest, peers, build, server, packages });

/** Six apps in which every pair of values occurs; `uncoveredPairs` holds them to it. */
export const appKinds: readonly AppKind[] = [
  kind('11 CommonJS', 'lowest', 'tsc', 'Express', 'HTTP only'),
  kind('12 ESM', 'newest', 'tsc', 'Fastify', 'with gRPC'),
  kind('11 CommonJS', 'newest', 'SWC', 'Fastify', 'HTTP only'),
  kind('12 ESM', 'lowest', 'SWC', 'Express', 'with gRPC'),
  kind('11 CommonJS', 'lowest', 'bundled', 'Fastify', 'with gRPC'),
  kind('12 ESM', 'newest', 'bundled', 'Express', 'HTTP only'),
];
