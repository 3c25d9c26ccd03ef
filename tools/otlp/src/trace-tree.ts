import { eventLine } from './event-line.ts';
import { spanForest } from './span-forest.ts';
import type { SpanNode } from './span-forest.ts';
import { spanLine } from './span-line.ts';
import type { Span } from './span.ts';
import type { TraceTreeOptions } from './trace-tree-options.ts';

interface Branch {
  readonly text: string;
  readonly time: bigint;
  readonly branches: Branch[];
}

/**
 * Traces drawn as indented trees: service, kind, name, time and status of each span, the log events
 * under their span. What is wrong with a trace (a missing parent, several roots, a span that began
 * after its parent had ended) shows.
 */
export function traceTree(spans: readonly Span[], options: TraceTreeOptions = {}): string {
  const lines: string[] = [];
  const draw = ({ text, branches }: Branch, first: string, rest: string) => {
    lines.push((first && options.paint ? options.paint('guide', first) : first) + text);
    branches.forEach((branch, index) => {
      if (!options.times) return draw(branch, `${rest}  `, `${rest}  `);
      const last = index === branches.length - 1;
      return draw(branch, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`);
    });
  };
  for (const node of spanForest(spans)) draw(branchOf(node, undefined, options), '', '');
  return lines.join('\n');
}

function branchOf(node: SpanNode, parent: Span | undefined, options: TraceTreeOptions): Branch {
  const events = node.span.events.map((event) => ({
    text: eventLine(event, options),
    time: event.time,
    branches: [],
  }));
  const children = node.children.map((child) => branchOf(child, node.span, options));
  const branches = [...events, ...children];
  if (options.times) branches.sort((a, b) => Number(a.time - b.time));
  return { text: spanLine(node, parent, options), time: node.span.start, branches };
}
