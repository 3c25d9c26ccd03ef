import { spawn, type ChildProcess } from 'node:child_process';
import type { Span } from '@shop/otlp';
import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { startCallsApp } from './support/calls-app.ts';
import type { TracedApp } from './support/traced-app.ts';
import { isWhole, newTrace } from './support/tree.ts';

const REQUESTS = Number(process.env['TIMES_REQUESTS'] ?? 160);
const AT_ONCE = 32;
const MILLISECOND = 1_000_000n;

const kinds = ['unary', 'download', 'upload', 'chat', 'tcp', 'nowhere'];
const texts = ['hello', 'hello', 'missing', 'crash'];

/** Keeps the machine busy, with as many processes as it has cores in CI. */
class Load implements Disposable {
  readonly #processes: ChildProcess[] = Array.from({ length: 2 }, () =>
    spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  );

  [Symbol.dispose](): void {
    for (const one of this.#processes) one.kill('SIGKILL');
  }
}

/** Sends all requests, so many at once, from the first one of each process. Answers their trace ids. */
async function sendAll(app: TracedApp): Promise<string[]> {
  const paths = Array.from({ length: REQUESTS }, (_, i) => {
    const text = texts[Math.floor(i / kinds.length) % texts.length];
    return `/${kinds[i % kinds.length]}/${text}`;
  });
  const waiting = paths.map((path) => ({ path, ...newTrace() }));
  const traceIds = waiting.map(({ traceId }) => traceId);
  const sendNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await (await app.fetch(next.path, { headers: { traceparent: next.traceparent } })).text();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  return traceIds;
}

/** Each span with its parent, where both are in one process. */
function localPairs(spans: readonly Span[]): { child: Span; parent: Span }[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return spans.flatMap((child) => {
    const parent = byId.get(child.parentSpanId ?? '');
    return parent?.service === child.service ? [{ child, parent }] : [];
  });
}

it('rule 32: children lie within their parents, and servers end before their callers', async () => {
  using _load = new Load();
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  const env = { GRPC_URL, TCP_PORT: await freePort(), OTEL_BSP_MAX_QUEUE_SIZE: '100000' };
  await using gateway = await startCallsApp(
    { ...env, ROLE: 'gateway', OTEL_SERVICE_NAME: 'gateway' },
    'mixed-calls-app',
  );
  await using _service = await startCallsApp(
    {
      ...env,
      ROLE: 'service',
      OTEL_SERVICE_NAME: 'service',
      OTEL_EXPORTER_OTLP_ENDPOINT: gateway.receiver.url,
    },
    'mixed-calls-app',
  );
  const traceIds = await sendAll(gateway);
  const spans = await gateway.receiver.waitFor(
    (all) => {
      const traces = Map.groupBy(all, ({ traceId }) => traceId);
      return traceIds.every((id) => isWhole(traces.get(id) ?? [], id));
    },
    30_000 + REQUESTS * 50,
  );
  const pairs = localPairs(spans);
  // About fifteen spans a request on average.
  expect(pairs.length).toBeGreaterThan(REQUESTS * 8);
  const outside = pairs.filter(
    ({ child, parent }) => child.start < parent.start || child.end > parent.end,
  );
  expect(outside.map(describePair)).toEqual([]);
  const strayEvents = spans.flatMap((span) =>
    span.events.filter(({ time }) => time < span.start || time > span.end).map(({ name }) => name),
  );
  expect(strayEvents).toEqual([]);

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const calls = spans
    .filter(({ kind, service }) => kind === 'SERVER' && service === 'service')
    .map((child) => ({ child, parent: byId.get(child.parentSpanId ?? '')! }));
  expect(calls.length).toBeGreaterThan(REQUESTS / 2);
  const late = calls.filter(({ child, parent }) => child.end > parent.end + MILLISECOND);
  const early = calls.filter(({ child, parent }) => child.start < parent.start);
  expect(late.map(describePair)).toEqual([]);
  expect(early.map(describePair)).toEqual([]);
}, 600_000);

/** By how many milliseconds a child begins after its parent and ends before it. */
function describePair({ child, parent }: { child: Span; parent: Span }): string {
  const milliseconds = (from: bigint, to: bigint): string => (Number(to - from) / 1e6).toFixed(3);
  const after = milliseconds(parent.start, child.start);
  return `${parent.name} > ${child.name}: ${after}, ${milliseconds(child.end, parent.end)}`;
}
