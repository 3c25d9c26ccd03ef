import { sourceLine } from './source-line.ts';
import type { SegmentDocument, SegmentException } from './segment-document.ts';
import { segmentForest, type SegmentNode } from './segment-forest.ts';

/** The documents of a trace as an indented tree: what the X-Ray console shows of each, in a line. */
export function segmentTree(documents: readonly SegmentDocument[]): string {
  const lines: string[] = [];
  const draw = ({ document, children }: SegmentNode, indent: string) => {
    const isOrphan = !indent && document.parent_id !== undefined;
    lines.push(`${indent}${lineOf(document)}${isOrphan ? ' (its parent is missing)' : ''}`);
    for (const exception of document.cause?.exceptions ?? []) {
      lines.push(`${indent}  ! ${exceptionLine(exception)}`);
    }
    for (const child of children) draw(child, `${indent}  `);
  };
  for (const node of segmentForest(documents)) draw(node, '');
  return lines.join('\n');
}

function lineOf(document: SegmentDocument): string {
  const { name, type = 'segment', namespace, http, annotations, aws } = document;
  const groups = aws?.cloudwatch_logs?.map(({ log_group, arn }) => arn ?? log_group);
  return [
    type,
    name,
    namespace,
    http?.request?.method,
    http?.request?.url && new URL(http.request.url).pathname,
    http?.response?.status,
    ...(['error', 'throttle', 'fault'] as const).filter((flag) => document[flag]),
    ...Object.entries(annotations ?? {}).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
    // Each subsegment names them too.
    type === 'segment' && groups && `logs: ${groups.join(', ')}`,
  ]
    .filter((word) => word !== undefined && word !== false)
    .join(' ');
}

/** The exception with the place that threw it. */
function exceptionLine({ type, message, stack }: SegmentException): string {
  const told = [type, message].filter(Boolean).join(': ');
  const frame = stack?.[0];
  if (!frame) return told;
  const label = frame.label.trim() || 'anonymous';
  return `${told} at ${label} (${sourceLine(frame)})`;
}
