import type { Span } from '@shop/otlp';
import { tree } from './tree.ts';

/** A trace as a tree without the lines of pino-http, which Nest's Fastify has none of. */
export function treeOfApp(spans: readonly Span[]): string {
  return tree(
    spans.map((span) => ({
      ...span,
      events: span.events.filter(({ name }) => !name.startsWith('request ')),
    })),
  );
}
