import { format } from 'prettier';
import type { DemoRun } from './demo-run.ts';
import type { SegmentDocument } from './segment-document.ts';
import { segmentForest, type SegmentNode } from './segment-forest.ts';
import { segmentTree } from './segment-tree.ts';
import { stableDocuments } from './stable-document.ts';

/** The traces that the page shows. */
export interface Shown {
  readonly order: readonly SegmentDocument[];
  readonly refused: readonly SegmentDocument[];
  readonly crash: readonly SegmentDocument[];
}

/** docs/xray-segments.md: the same text in every run, as long as the segments are the same. */
export function xrayPage(
  { order, refused, crash }: Shown,
  lines: DemoRun['lines'],
): Promise<string> {
  const thrower = inOrder(crash).findLast(({ cause }) => cause);
  const page = `<!-- Made by \`npm run docs:xray-segments\`. -->

# X-Ray segments

What AWS X-Ray gets of the demo with \`backend: 'xray'\`: its services send their spans to a real OpenTelemetry Collector, whose awsxray exporter makes segment documents of them. No processor of the collector mends anything on the way; \`telemetry.sdk.language\` alone is \`javascript\`, as the [configuration for AWS](../deploy/aws/collector/otel-config.yaml) sets it.

\`npm run docs:xray-segments\` makes this page, and \`npm run test:backends\` fails when it is no longer true. Ids are counted up, and \`...\` stands for what is of one moment, one machine or one version.

## The service map

![client, gateway, orders, inventory and payments, with arrows from each to those it calls](images/service-map.svg)

After all scenarios of the demo. Each service that takes a request is a segment, named after the service; each call is a subsegment with \`namespace: remote\`, named after what is called, and the parent of the segment that answers it. The rings tell how the requests ended: \`error\` is the caller's fault (4xx, and the gRPC statuses that mean the same), \`fault\` the service's.

## An order

${treeOf(order)}

Under the timings the console shows the log lines of the trace. It finds them in the log groups that the segments name, by the trace id that each line carries as \`xray_trace_id\`:

${code('text', linesOf(order, lines).join('\n'))}

## An order that is refused

${treeOf(refused)}

## An order that crashes

${treeOf(crash)}

Where the error was thrown, with the frames of the app (those of libraries are left out here):

${thrower ? jsonOf(thrower) : ''}

## The documents of the order

${inOrder(order).map(jsonOf).join('\n\n')}
`;
  return format(page, { parser: 'markdown', singleQuote: true, printWidth: 100 });
}

function treeOf(documents: readonly SegmentDocument[]): string {
  return code('text', segmentTree(documents));
}

function jsonOf(document: SegmentDocument): string {
  return code('json', JSON.stringify(document, undefined, 2));
}

function code(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** The documents of a trace, each before those below it. */
function inOrder(documents: readonly SegmentDocument[]): SegmentDocument[] {
  const flat = ({ document, children }: SegmentNode): SegmentDocument[] => [
    document,
    ...children.flatMap(flat),
  ];
  return stableDocuments(segmentForest(documents).flatMap(flat));
}

/** The lines of a trace, one service after the other: two may write in the same millisecond. */
function linesOf(documents: readonly SegmentDocument[], lines: DemoRun['lines']): string[] {
  const groups = new Map(
    documents.map(({ id, aws }) => [id, aws?.cloudwatch_logs?.[0]?.log_group] as const),
  );
  return lines
    .filter((line) => line['xray_trace_id'] === documents[0]?.trace_id)
    .map(({ span_id, msg }) => `${groups.get(span_id ?? '')} ${msg}`);
}
