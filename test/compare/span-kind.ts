import type { Span } from '@shop/otlp';

/** The spans that both stacks make, and that are compared attribute by attribute. */
export const spanKinds = [
  'HTTP server',
  'HTTP client',
  'gRPC server',
  'gRPC client',
  'handler',
] as const;

export type SpanKind = (typeof spanKinds)[number];

/** Undefined for spans that are no counterpart of others: of layers of Express, and of the app itself. */
export function kindOf({ kind, attributes }: Span): SpanKind | undefined {
  if (attributes['nestjs.type'] === 'handler') return 'handler';
  const protocol = 'rpc.system' in attributes ? 'gRPC' : 'HTTP';
  if (kind === 'SERVER') return `${protocol} server`;
  if (kind === 'CLIENT') return `${protocol} client`;
  return undefined;
}
