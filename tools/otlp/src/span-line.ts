import { status as grpcStatus } from '@grpc/grpc-js';
import { firstLine } from './first-line.ts';
import type { SpanNode } from './span-forest.ts';
import type { Attributes, Span } from './span.ts';
import type { Paint, TraceTreeOptions } from './trace-tree-options.ts';

/** Two processes of one machine agree on the time to about this. */
const CLOCK_NS = 1_000_000n;

/** A span in one line: service, kind, name, duration, status, and what is wrong with its place. */
export function spanLine(
  { span, orphan }: SpanNode,
  parent: Span | undefined,
  { times = false, attributes = [], paint = (_part, text) => text }: TraceTreeOptions,
): string {
  const words = [
    paint('service', span.service),
    paint('kind', span.kind),
    paint('span', span.name),
    times && paint('time', duration(span.end - span.start)),
    ...statusWords(span, paint),
    ...attributeWords(span.attributes, attributes),
    orphan === 'missing parent' &&
      paint('error', `(its parent${times ? ` ${span.parentSpanId}` : ''} is missing)`),
    orphan === 'loop' && paint('error', '(its parents form a loop)'),
    parent &&
      span.start - parent.end > CLOCK_NS &&
      paint('error', '(started after its parent had ended)'),
  ];
  return words.filter(Boolean).join(' ');
}

function statusWords({ attributes, status }: Span, paint: Paint): (string | false)[] {
  const http = attributes['http.response.status_code'];
  const grpc = attributes['rpc.grpc.status_code'];
  const failed = status.code === 'ERROR';
  const part = failed ? 'error' : 'ok';
  return [
    http !== undefined && paint(part, String(http)),
    grpc !== undefined && paint(part, grpcStatus[Number(grpc)] ?? String(grpc)),
    failed && paint('error', status.message ? `ERROR: ${firstLine(status.message)}` : 'ERROR'),
    status.code === 'OK' && paint('ok', 'OK'),
    !failed && attributes['error'] === true && paint('error', 'error=true'),
  ];
}

function attributeWords(attributes: Attributes, keys: readonly string[]): string[] {
  return keys
    .filter((key) => attributes[key] !== undefined)
    .map((key) => `${key}=${JSON.stringify(attributes[key], bigintAsText)}`);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function duration(nanoseconds: bigint): string {
  const ms = Number(nanoseconds) / 1e6;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
