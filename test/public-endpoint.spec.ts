import { freePort } from '@shop/otlp/free-port';
import { fileURLToPath } from 'node:url';
import type { Span } from '@shop/otlp';
import { describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

const CALLER = '00000000000000aa';

async function start(env: Record<string, string>): Promise<TracedApp> {
  const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
  return TracedApp.start('public-app', { env: { PROTO, GRPC_PORT: await freePort(), ...env } });
}

/** What a caller sends who has a trace, and what a call from below its request would carry. */
async function ask(app: TracedApp, flags: '00' | '01', more: Record<string, string> = {}) {
  const { traceId } = newTrace();
  const headers = {
    traceparent: `00-${traceId}-${CALLER}-${flags}`,
    baggage: 'tenant=evil',
    ...more,
  };
  const answer = await app.fetch('/sent', { headers });
  const sent = (await answer.json()) as { traceparent?: string; baggage?: string };
  const [, sentTraceId, , sentFlags] = sent.traceparent?.split('-') ?? [];
  return { traceId, sentTraceId, sentFlags, sentBaggage: sent.baggage };
}

async function spansOf(app: TracedApp, traceId: string | undefined): Promise<Span[]> {
  const of = (all: readonly Span[]): Span[] => all.filter((span) => span.traceId === traceId);
  return of(await app.receiver.waitFor((all) => of(all).some((span) => span.kind === 'SERVER')));
}

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  it.each(['00', '01'] as const)(
    "rule 27: true links the caller's trace, and takes neither flag %s nor baggage",
    async (flags) => {
      await using app = await start({ ADAPTER, TRACING_PUBLIC_ENDPOINT: 'true' });
      const { traceId, sentTraceId, sentFlags, sentBaggage } = await ask(app, flags);
      expect(sentTraceId).not.toBe(traceId);
      expect([sentFlags, sentBaggage]).toEqual(['01', undefined]);
      const span = serverSpan(await spansOf(app, sentTraceId));
      expect(span.parentSpanId).toBeUndefined();
      expect(span.links).toMatchObject([{ traceId, spanId: CALLER }]);
      expect(app.receiver.spansOfTrace(traceId)).toEqual([]);
    },
  );

  it.each(['00', '01'] as const)(
    "rule 27: 'keep-id' goes on under the caller's id, and takes neither flag %s nor baggage",
    async (flags) => {
      await using app = await start({ ADAPTER, TRACING_PUBLIC_ENDPOINT: 'keep-id' });
      const { traceId, sentTraceId, sentFlags, sentBaggage } = await ask(app, flags);
      expect([sentTraceId, sentFlags, sentBaggage]).toEqual([traceId, '01', undefined]);
      const spans = await spansOf(app, traceId);
      expect(spans.map((span) => span.name).toSorted()).toEqual(['GET /sent', 'Pages.sent']);
      expect(serverSpan(spans)).toMatchObject({ parentSpanId: CALLER, links: [] });
    },
  );

  it('rule 27: a function decides for each request', async () => {
    await using app = await start({ ADAPTER, WAY: 'function' });
    const inside = await ask(app, '01', { 'x-internal': 'yes' });
    expect(inside).toMatchObject({ sentTraceId: inside.traceId, sentBaggage: 'tenant=evil' });
    const outside = await ask(app, '01');
    expect(outside.sentTraceId).not.toBe(outside.traceId);
  });
});

it('rule 27: by default callers are known, and their trace goes on', async () => {
  await using app = await start({});
  const known = await ask(app, '01');
  expect(known).toMatchObject({ sentTraceId: known.traceId, sentBaggage: 'tenant=evil' });
});

it.each(['dormant', '0'])(
  'rules 26, 27: a stranger wakes nobody, sampling %s',
  async (TRACING_SAMPLING) => {
    await using app = await start({ TRACING_SAMPLING, TRACING_PUBLIC_ENDPOINT: 'keep-id' });
    const { traceId, sentTraceId, sentFlags } = await ask(app, '01');
    expect([sentTraceId, sentFlags]).toEqual([traceId, '00']);
    await using other = await start({ TRACING_SAMPLING, TRACING_PUBLIC_ENDPOINT: 'true' });
    expect((await ask(other, '01')).sentFlags).not.toBe('01');
    for (const one of [app, other]) {
      await one.stop();
      expect(one.receiver.spanCount).toBe(0);
    }
  },
);

it('rule 27: backend none hands the id on, and not the flag', async () => {
  await using app = await start({ TRACING_BACKEND: 'none', TRACING_PUBLIC_ENDPOINT: 'keep-id' });
  const { traceId, sentTraceId, sentFlags } = await ask(app, '01');
  expect([sentTraceId, sentFlags]).toEqual([traceId, '00']);
});

it.each([
  ['throws', 1],
  ['promise', 0],
])(
  'rule 27: a function that %s makes callers strangers, and is told of once',
  async (WAY, times) => {
    await using app = await start({ WAY });
    for (let n = 0; n < 3; n++) {
      const { traceId, sentTraceId } = await ask(app, '01');
      expect(sentTraceId).not.toBe(traceId);
    }
    const warnings = app.lines.filter(({ msg }) => msg?.includes("'publicEndpoint' has thrown"));
    expect(warnings).toHaveLength(times);
  },
);

it('rule 27: a gRPC call of a stranger is a trace of its own, linked', async () => {
  await using app = await start({ TRACING_PUBLIC_ENDPOINT: 'true' });
  await app.fetch('/call');
  const spans = await app.receiver.waitFor((all) => all.filter(isServer).length === 2);
  const client = spans.find((span) => span.kind === 'CLIENT')!;
  const server = spans.find((span) => isServer(span) && span.name === 'streams.Streams/Unary')!;
  expect(server.traceId).not.toBe(client.traceId);
  expect(server.parentSpanId).toBeUndefined();
  expect(server.links).toMatchObject([{ traceId: client.traceId, spanId: client.spanId }]);
});

it('rule 27: a function is told of a gRPC call its method, metadata and peer', async () => {
  await using app = await start({ WAY: 'function' });
  await app.fetch('/call');
  const spans = await app.receiver.waitFor((all) => all.filter(isServer).length === 2);
  const client = spans.find((span) => span.kind === 'CLIENT')!;
  const server = spans.find((span) => isServer(span) && span.name === 'streams.Streams/Unary')!;
  expect(server).toMatchObject({ traceId: client.traceId, parentSpanId: client.spanId });
});

function isServer(span: Span): boolean {
  return span.kind === 'SERVER';
}
