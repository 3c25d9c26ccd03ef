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
    TracedApp.start('public-app', { env: { PROTO, GRPC_PORT, ...env } }),
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
