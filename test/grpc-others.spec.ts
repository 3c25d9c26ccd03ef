import { pathToFileURL } from 'node:url';
import type { Span } from '@shop/otlp';
import { expect, it } from 'vitest';
import { startCallsApp } from './support/calls-app.ts';
import { fixturePath, type TracedApp } from './support/traced-app.ts';

const ours = 'nestjs-tracing';
const theirs = '@opentelemetry/instrumentation-grpc';
const preload = ['--import', pathToFileURL(fixturePath('own-tracing')).href];
const register = ['--import', 'nestjs-tracing/register'];

/** Who made the spans of a call of each kind, which are to be one below the other. */
async function makers(app: TracedApp): Promise<Set<unknown>> {
  const found = new Set<unknown>();
  for (const kind of ['unary', 'download', 'upload', 'chat', 'chatCall']) {
    const spans = await app.traceOf(5, `/call/${kind}/a`);
    const client = one(spans, 'CLIENT', 'calls.Calls/');
    const server = one(spans, 'SERVER', 'calls.Calls/');
    const handler = one(spans, 'INTERNAL', `Calls.${kind}`);
    expect(server?.parentSpanId).toBe(client?.spanId);
    expect(handler?.parentSpanId).toBe(server?.spanId);
    expect(server?.attributes['nestjs.callback']).toBe(kind);
    for (const span of [client, server]) found.add(span?.scope);
  }
  return found;
}

/** There must be just one. */
function one(spans: readonly Span[], kind: Span['kind'], name: string): Span | undefined {
  const found = spans.filter((span) => span.kind === kind && span.name.includes(name));
  expect(found).toHaveLength(1);
  return found[0];
}

it.each([
  ['by register: it is left out', ours, { TRACING_INSTRUMENTATIONS: theirs }, register],
  ['in the options: it makes the spans', theirs, { INSTRUMENTED: 'true' }, []],
  ['by a tracing.ts: it makes the spans', theirs, { WITHOUT_HTTP: '1', WITH_GRPC: '1' }, preload],
])("OpenTelemetry's instrumentation of gRPC doubles nothing, %s", async (_, maker, env, node) => {
  await using app = await startCallsApp({ ...env, HANDLER_SPANS: '1' }, 'grpc-calls-app', node);
  expect(await makers(app)).toEqual(new Set([maker]));
  const told = app.lines
    .filter((line) => line.context === 'TracingModule')
    .map((line) => line.msg ?? '')
    .join('\n');
  expect(told).toContain(
    maker === ours
      ? `${theirs} was not loaded, because nestjs-tracing traces gRPC servers and clients itself. Remove it from TRACING_INSTRUMENTATIONS.`
      : `${theirs} was loaded before the app and creates the gRPC spans`,
  );
  expect(told).toContain(
    maker === ours ? 'gRPC servers and clients,' : `gRPC servers and clients (by ${theirs}),`,
  );
});
