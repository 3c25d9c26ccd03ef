import type { Span } from '@shop/otlp';
import { tree } from './tree.ts';

export function serverSpan(spans: readonly Span[]): Span {
  const found = spans.find((span) => span.kind === 'SERVER');
  if (found === undefined) throw new Error(`no server span in ${tree(spans)}`);
  return found;
}
