import { spanForest } from '@shop/otlp';
import type { Span } from '@shop/otlp';
import type { LogLine } from './log-book.ts';

/** A gRPC call from one service to another. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  /** `package.Service/Method` */
  readonly call: string;
}

/** What the trace of a scenario must show. */
export interface Expectation {
  /** Name of the first span, the gateway's. */
  readonly root: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Each has spans in the trace, and wrote at least one line in it. */
  readonly services: readonly string[];
  readonly hops: readonly Hop[];
  /** Whether the error that was thrown is on a span as an `exception` event. */
  readonly exception?: boolean;
  /** How long the request takes at least. */
  readonly atLeastMs?: number;
}

/** What a trace and its log lines lack of what is expected, each in a sentence; nothing: all there. */
export function lackingIn(
  trace: readonly Span[],
  lines: readonly LogLine[],
  expected: Expectation,
): string[] {
  return [
    ...lackingServices(trace, lines, expected),
    ...lackingParents(trace),
    ...expected.hops.flatMap((hop) => lackingHop(trace, hop)),
    ...lackingStatus(trace, expected),
    ...lackingEvents(trace, lines),
  ];
}

function lackingServices(
  trace: readonly Span[],
  lines: readonly LogLine[],
  { services }: Expectation,
): string[] {
  const writers = new Set(lines.map((line) => line.service));
  const present = new Set(trace.map((span) => span.service));
  return services.flatMap((service) => {
    if (!present.has(service)) return `the trace has no span of ${service}`;
    return writers.has(service) ? [] : `${service} wrote no log line with the id of the trace`;
  });
}

function lackingParents(trace: readonly Span[]): string[] {
  const forest = spanForest(trace);
  const orphans = forest
    .filter((node) => node.orphan)
    .map(({ span, orphan }) => `${nameOf(span)} hangs in the air: ${orphan} ${span.parentSpanId}`);
  const roots = forest.filter((node) => !node.orphan).map(({ span }) => nameOf(span));
  return roots.length > 1
    ? [...orphans, `there are ${roots.length} roots: ${roots.join(', ')}`]
    : orphans;
}

function lackingHop(trace: readonly Span[], { from, to, call }: Hop): string[] {
  const named = trace.filter((span) => span.name === call);
  const clients = named.filter((span) => span.kind === 'CLIENT' && span.service === from);
  const servers = named.filter((span) => span.kind === 'SERVER' && span.service === to);
  if (!clients.length) return [`${from} shows no call of ${call}`];
  if (!servers.length) return [`${to} shows no ${call} that was called`];
  return servers
    .filter((server) => !clients.some((client) => client.spanId === server.parentSpanId))
    .map((server) => `${nameOf(server)} is no child of the call that ${from} made`);
}

function lackingStatus(trace: readonly Span[], expected: Expectation): string[] {
  const root = trace.find((span) => !span.parentSpanId);
  if (!root) return ['the trace has no root'];
  const lacks: string[] = [];
  if (root.service !== 'gateway' || root.kind !== 'SERVER' || root.name !== expected.root) {
    lacks.push(`the root is ${nameOf(root)}, not gateway SERVER ${expected.root}`);
  }
  const status = root.attributes['http.response.status_code'];
  if (status !== expected.status) lacks.push(`the root has HTTP status ${String(status)}`);
  // An expected failure (4xx) is an answer, not an error of the service.
  const failed = expected.status >= 500;
  if ((root.status.code === 'ERROR') !== failed) {
    lacks.push(`the root's status is ${root.status.code}, with HTTP status ${expected.status}`);
  }
  const errors = trace.filter((span) => span.status.code === 'ERROR');
  if (expected.status < 400 && errors.length) {
    lacks.push(`nothing failed, and yet ERROR is on ${errors.map(nameOf).join(', ')}`);
  }
  const exceptions = trace
    .flatMap((span) => span.events)
    .filter(({ name }) => name === 'exception');
  if (expected.exception && !exceptions.length) lacks.push('no span has the error that was thrown');
  const ms = Number(root.end - root.start) / 1e6;
  if (expected.atLeastMs && ms < expected.atLeastMs) {
    lacks.push(`the root lasted ${ms.toFixed(0)} ms, not at least ${expected.atLeastMs} ms`);
  }
  return lacks;
}

function lackingEvents(trace: readonly Span[], lines: readonly LogLine[]): string[] {
  const byId = new Map(trace.map((span) => [span.spanId, span]));
  const unmatched = new Map(trace.map((span) => [span, [...span.events]]));
  return lines.flatMap((line) => {
    const what = `the line "${line.message}" of ${line.service}`;
    const span = byId.get(line.spanId);
    if (!span) return `${what} names span ${line.spanId}, which is not in the trace`;
    if (span.service !== line.service) return `${what} names a span of ${span.service}`;
    if (line.xrayTraceId !== undefined) return lackingForXRay(line, what);
    const events = unmatched.get(span) ?? [];
    const index = events.findIndex(
      ({ name, attributes }) => name === line.message && attributes['level'] === line.level,
    );
    if (index < 0) return `${what} is no event (level ${line.level}) of ${nameOf(span)}`;
    // Two equal lines are two events.
    events.splice(index, 1);
    const isError = line.level === 'error' || line.level === 'fatal';
    return isError && span.attributes['error'] !== true
      ? `${what} is an error, but ${nameOf(span)} has no error=true`
      : [];
  });
}

/** The X-Ray console finds a line by the trace id in it; the line is no event of its span. */
function lackingForXRay({ traceId, xrayTraceId }: LogLine, what: string): string[] {
  return xrayTraceId === `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`
    ? []
    : [`${what} has the X-Ray trace id ${xrayTraceId}, in trace ${traceId}`];
}

function nameOf({ service, kind, name }: Span): string {
  return `${service} ${kind} ${name}`;
}
