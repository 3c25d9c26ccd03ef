import { eventLine } from './event-line.ts';
import { spanForest } from './span-forest.ts';
import type { SpanNode } from './span-forest.ts';
import { spanLine } from './span-line.ts';
import type { Span } from './span.ts';
import type { TraceTreeOptions } from './trace-tree-options.ts';

/**
 * OpenTelemetry's SDK for JavaScript cuts the start of a span to whole milliseconds, not the time
 * of an event: what was logged just before a call seems to come after its start.
 */
const START_NS = 1_000_000n;

interface Branch {
  readonly text: string;
  /** What came before this stands in front of it. */
  readonly until: bigint;
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
    until: event.time,
    branches: [],
  }));
  const children = node.children.map((child) => branchOf(child, node.span, options));
  return {
    text: spanLine(node, parent, options),
    until: earliest(node.span.end, node.span.start + START_NS),
    branches: options.times ? merged(events, children) : [...events, ...children],
  };
}

/** Each event in front of the first child that began after it. */
function merged(events: readonly Branch[], children: readonly Branch[]): Branch[] {
  const left = [...events];
  return children
    .flatMap((child) => {
      const later = left.findIndex((event) => event.until >= child.until);
      return [...left.splice(0, later < 0 ? left.length : later), child];
    })
    .concat(left);
}

function earliest(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
