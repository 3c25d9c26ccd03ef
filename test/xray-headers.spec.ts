import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { type Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';

const PARENT = '53995c3f42cd8ad8';

function start(env: Record<string, string>): Promise<TracedApp> {
  const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
  return freePort().then((GRPC_PORT) =>
    TracedApp.start('public-app', {
      env: { PROTO, GRPC_PORT, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    }),
  );
}

/** A trace id as both worlds write it. X-Ray's begins with the time in seconds. */
function newTrace(): { root: string; traceId: string } {
  const time = Math.floor(Date.now() / 1000).toString(16);
  const rest = crypto.randomUUID().replaceAll('-', '').slice(0, 24);
  return { root: `1-${time}-${rest}`, traceId: time + rest };
}

/** What a call from below the request would carry. */
async function sentBelow(
  app: TracedApp,
  headers: Record<string, string>,
): Promise<Record<string, string | undefined>> {
  return (await app.fetch('/sent', { headers })).json() as Promise<Record<string, string>>;
}

async function serverSpanOf(app: TracedApp, traceId: string): Promise<Span> {
  const of = (all: readonly Span[]): Span[] => all.filter((span) => span.traceId === traceId);
  return serverSpan(of(await app.receiver.waitFor((all) => of(all).length > 0)));
}

const decided = (sampled: string | undefined): boolean => sampled !== '0';

/** Every form, with the parent that it names and what it says of sampling. */
const forms: [form: string, header: (root: string) => string, parent: boolean, sampled?: string][] =
  [
    ['ALB', (root) => `Root=${root}`, false],
    ['ALB below ALB', (root) => `Self=1-67891233-abcdef012345678912345678;Root=${root}`, false],
    ['ALB, of a caller', (root) => `Self=1-6-a;Root=${root};Parent=${PARENT};Sampled=1`, true, '1'],
    ['API Gateway', (root) => `Root=${root};Sampled=1`, false, '1'],
    ['API Gateway, not sampled', (root) => `Root=${root};Sampled=0`, false, '0'],
    [
      'Lambda',
      (root) => `Root=${root};Parent=${PARENT};Sampled=1;Lineage=25:a87bd80c:1`,
      true,
      '1',
    ],
    ['SDK', (root) => `Root=${root};Parent=${PARENT};Sampled=1`, true, '1'],
    ['SDK, not sampled', (root) => `Root=${root};Parent=${PARENT};Sampled=0`, true, '0'],
    ['SDK, undecided', (root) => `Root=${root};Parent=${PARENT};Sampled=?`, true],
    ['no decision', (root) => `Root=${root};Parent=${PARENT}`, true],
    ['another order and case', (root) => `SAMPLED=1;parent=${PARENT};rOOt=${root}`, true, '1'],
    ['spaces', (root) => ` Root = ${root} ; Parent = ${PARENT}; Sampled = 1 `, true, '1'],
    ['upper case ids', (root) => `Root=${root.toUpperCase()};Parent=${PARENT.toUpperCase()}`, true],
    ['fields of users', (root) => `a=b;;=;x;Root=${root};Parent=${PARENT};Rootless=1`, true],
    [
      'a parent that is none',
      (root) => `Root=${root};Parent=0000000000000000;Sampled=1`,
      false,
      '1',
    ],
    ['repeated', (root) => `Root=${root};Sampled=1, Root=1-00000001-${'a'.repeat(24)}`, false, '1'],
  ];

describe('rule 16: the trace goes on under the Root of an X-Ray header', () => {
  let app: TracedApp;
  let dormant: TracedApp;
  beforeAll(async () => {
    app = await start({ TRACING_BACKEND: 'xray' });
    dormant = await start({ TRACING_BACKEND: 'xray', TRACING_SAMPLING: 'dormant' });
  });
  afterAll(async () => {
    for (const one of [app, dormant]) await one[Symbol.asyncDispose]();
  });

  it.each(forms)('%s', async (_, header, hasParent, sampled) => {
    const { root, traceId } = newTrace();
    const sent = await sentBelow(app, { 'x-amzn-trace-id': header(root) });
    expect(sent['x-amzn-trace-id']).toMatch(
      new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=${decided(sampled) ? 1 : 0}$`),
    );
    expect(sent['traceparent']?.slice(3, 35)).toBe(traceId);
    if (!decided(sampled)) return;
    const span = await serverSpanOf(app, traceId);
    expect(span.parentSpanId).toBe(hasParent ? PARENT : undefined);
  });

  it.each(forms)('%s, where nothing is recorded of its own accord', async (...form) => {
    const [, header, , sampled] = form;
    const { root } = newTrace();
    const sent = await sentBelow(dormant, { 'x-amzn-trace-id': header(root) });
    expect(sent['x-amzn-trace-id']).toMatch(
      new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=${sampled === '1' ? 1 : 0}$`),
    );
  });
});

describe('rule 16: W3C headers beside the X-Ray header', () => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await start({ TRACING_BACKEND: 'xray' });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('alone they are read, and both are sent', async () => {
    const { root, traceId } = newTrace();
    const traceparent = `00-${traceId}-${PARENT}-01`;
    const sent = await sentBelow(app, { traceparent, tracestate: 'a=b', baggage: 'tenant=1' });
    expect(sent).toMatchObject({ tracestate: 'a=b', baggage: 'tenant=1' });
    const id = sent['traceparent']!.split('-')[2];
    expect(sent['traceparent']).toBe(`00-${traceId}-${id}-01`);
    expect(sent['x-amzn-trace-id']).toBe(`Root=${root};Parent=${id};Sampled=1`);
    expect((await serverSpanOf(app, traceId)).parentSpanId).toBe(PARENT);
  });

  it('of another trace they are not followed, but for the baggage', async () => {
    const { root, traceId } = newTrace();
    const other = newTrace();
    const sent = await sentBelow(app, {
      'x-amzn-trace-id': `Root=${root};Parent=${PARENT};Sampled=1`,
      traceparent: `00-${other.traceId}-00000000000000aa-01`,
      tracestate: 'a=b',
      baggage: 'tenant=1',
    });
    expect(sent['traceparent']?.slice(3, 35)).toBe(traceId);
    expect([sent['tracestate'], sent['baggage']]).toEqual([undefined, 'tenant=1']);
    expect((await serverSpanOf(app, traceId)).parentSpanId).toBe(PARENT);
  });

  it('of the same trace they say what the X-Ray header leaves out', async () => {
    const { root, traceId } = newTrace();
    const traceparent = `00-${traceId}-${PARENT}-01`;
    await sentBelow(app, { 'x-amzn-trace-id': `Root=${root}`, traceparent });
    expect((await serverSpanOf(app, traceId)).parentSpanId).toBe(PARENT);
  });

  it.each([
    '',
    'Root=1-2-3',
    `Parent=${PARENT};Sampled=1`,
    `Root=1-${'0'.repeat(8)}-${'0'.repeat(24)}`,
  ])('count where the X-Ray header names no trace: %s', async (header) => {
    const { traceId } = newTrace();
    const traceparent = `00-${traceId}-${PARENT}-01`;
    const sent = await sentBelow(app, { 'x-amzn-trace-id': header, traceparent });
    expect(sent['traceparent']?.slice(3, 35)).toBe(traceId);
  });
});

it('rule 16: a gRPC call goes on in the trace that an X-Ray header named', async () => {
  await using app = await start({ TRACING_BACKEND: 'xray' });
  const { root, traceId } = newTrace();
  await app.fetch('/call', { headers: { 'x-amzn-trace-id': `Root=${root}` } });
  const of = (all: readonly Span[]): Span[] => all.filter((span) => span.traceId === traceId);
  const spans = of(await app.receiver.waitFor((all) => of(all).length === 3));
  const client = spans.find((span) => span.kind === 'CLIENT')!;
  expect(spans.find((span) => span.parentSpanId === client.spanId)?.kind).toBe('SERVER');
});

it.each([
  ['jaeger', '1'],
  ['none', '0'],
])('rule 16: OTEL_PROPAGATORS=xray with backend %s', async (TRACING_BACKEND, sampled) => {
  await using app = await start({ TRACING_BACKEND, OTEL_PROPAGATORS: 'xray' });
  const { root } = newTrace();
  const sent = await sentBelow(app, { 'x-amzn-trace-id': `Root=${root}` });
  expect(sent['x-amzn-trace-id']).toMatch(
    new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=${sampled}$`),
  );
  expect(sent).not.toHaveProperty('traceparent');
});

it("rules 16, 27: 'keep-id' goes on under the Root of a load balancer, and takes no decision", async () => {
  await using app = await start({ TRACING_BACKEND: 'xray', TRACING_PUBLIC_ENDPOINT: 'keep-id' });
  for (const said of ['', ';Sampled=0']) {
    const { root, traceId } = newTrace();
    const headers = { 'x-amzn-trace-id': `Root=${root}${said}`, baggage: 'tenant=evil' };
    const sent = await sentBelow(app, headers);
    expect(sent['x-amzn-trace-id']).toContain(`Root=${root};`);
    expect(sent['x-amzn-trace-id']).toContain('Sampled=1');
    expect(sent).not.toHaveProperty('baggage');
    expect((await serverSpanOf(app, traceId)).parentSpanId).toBeUndefined();
  }
});

it('rules 16, 27: of a stranger who names no span there is nothing to link', async () => {
  await using app = await start({ TRACING_BACKEND: 'xray', TRACING_PUBLIC_ENDPOINT: 'true' });
  const { root } = newTrace();
  const sent = await sentBelow(app, { 'x-amzn-trace-id': `Root=${root}` });
  const traceId = sent['traceparent']!.slice(3, 35);
  expect(sent['x-amzn-trace-id']).not.toContain(root);
  expect((await serverSpanOf(app, traceId)).links).toEqual([]);
});

it('rules 16, 29: below an ignored request the Root goes on, not sampled', async () => {
  await using app = await start({ TRACING_BACKEND: 'xray', TRACING_IGNORE: '/sent' });
  const { root } = newTrace();
  const sent = await sentBelow(app, { 'x-amzn-trace-id': `Root=${root};Sampled=1` });
  expect(sent['x-amzn-trace-id']).toMatch(
    new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=0$`),
  );
});
