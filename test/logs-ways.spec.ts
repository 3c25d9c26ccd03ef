import { freePort } from '@shop/otlp/free-port';
import type { Span } from '@shop/otlp';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp, type LogLine } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await TracedApp.start('logs-ways-app', {
    env: {
      PROTO: fileURLToPath(new URL('fixtures/streams.proto', import.meta.url)),
      GRPC_URL: `127.0.0.1:${await freePort()}`,
    },
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const ways = [
  'TracedLogger',
  'InjectTracedLogger',
  'InjectPinoLogger',
  'PinoLogger',
  'Logger',
  'Nest',
  'child',
];

/** Lines come by another way than spans, and may come after them. */
async function linesOf(where: string): Promise<LogLine[]> {
  const found = (): LogLine[] =>
    app.lines.filter(({ msg }) => ways.some((way) => msg === `${way} ${where}`));
  await expect.poll(() => found().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(ways.length);
  return found();
}

/** The lines of one place, the spans that they name, and what of them stands on a span. */
async function told(where: string, spans: readonly Span[], name: string): Promise<object> {
  const lines = await linesOf(where);
  const span = spans.find((one) => one.name === name)!;
  const isOfSpan = ({ trace_id, span_id }: LogLine): boolean =>
    trace_id === span.traceId && span_id === span.spanId;
  return {
    lines: lines.filter(isOfSpan).map(({ msg }) => msg),
    others: lines.filter((line) => !isOfSpan(line)),
    events: span.events
      .map((event) => event.name)
      .filter((one) => one.endsWith(` ${where}`) && !one.startsWith('request')),
  };
}

/** Every line stands in the trace, once, and is an event on its span. */
const all = (where: string): object => {
  const lines = ways.map((way) => `${way} ${where}`);
  return { lines, others: [], events: lines };
};

it.each([
  ['http', '/http', 'Pages.http'],
  ['unary', '/unary', 'Calls.unary'],
  ['first', '/chat', 'Calls.chat'],
  ['event', '/event', 'Pages.event'],
])('rules 17, 18: lines of every kind have ids and are events: %s', async (where, path, name) => {
  expect(await told(where, await app.trace(path), name)).toEqual(all(where));
});

it('rules 17, 18: also under a later message of a stream', async () => {
  const spans = await app.trace('/chat');
  const lines = await linesOf('second');
  expect(new Set(lines.map(({ trace_id }) => trace_id))).toContain(spans[0]!.traceId);
});

it.each([
  ['cron 1', undefined, 'Jobs.cron'],
  ['queue', '/queue', 'Jobs.job'],
])('rules 17, 18: also where no request is under way: %s', async (where, path, name) => {
  if (path !== undefined) await (await app.fetch(path)).text();
  await app.receiver.waitFor((spans) => spans.some((span) => span.name === name));
  expect(await told(where, app.receiver.spans, name)).toEqual(all(where));
});

it('rules 17, 18: what pino-http writes of a request stands on its server span', async () => {
  const spans = await app.trace('/http');
  const server = serverSpan(spans);
  expect(server.events.map(({ name }) => name)).toEqual(['request completed']);
  const line = app.lines.findLast(({ msg }) => msg === 'request completed');
  expect(line).toMatchObject({ trace_id: server.traceId, span_id: server.spanId });
  const own = app.lines.findLast(({ msg }) => msg === 'request.log http');
  expect(own).toMatchObject({ trace_id: server.traceId });
});

it('rules 17, 18: also of a request that its client has cut off', async () => {
  const { traceId, traceparent } = newTrace();
  const cut = new AbortController();
  const response = await app.fetch('/half', { headers: { traceparent }, signal: cut.signal });
  await response.body!.getReader().read();
  cut.abort();
  await app.receiver.waitFor((spans) =>
    spans.some((one) => one.traceId === traceId && one.kind === 'SERVER'),
  );
  const server = serverSpan(app.receiver.spansOfTrace(traceId));
  expect(server.events.map(({ name }) => name)).toEqual(['request aborted']);
  const line = app.lines.find(({ msg }) => msg === 'request aborted');
  expect(line).toMatchObject({ trace_id: traceId, span_id: server.spanId });
});

it('rule 18: errors of Nest and of nestjs-pino, and one stack for each of them on a span', async () => {
  const spans = await app.trace('/nest-error');
  const handler = spans.find(({ name }) => name === 'Pages.nestError')!;
  expect(
    handler.events.map(({ name, attributes }) => [
      name,
      attributes['exception.type'],
      attributes['exception.message'],
      attributes['exception.stacktrace'] !== undefined,
    ]),
  ).toEqual([
    ['broken', 'Error', 'broken', true], // Nest hands on a text and a stack
    ['out of it', 'RangeError', 'out of it', true],
    ['told', 'RangeError', 'out of it', false],
    ['exception', 'RangeError', 'out of it', false],
  ]);
});
