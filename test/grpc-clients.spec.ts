import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { calls, startCallsApp } from './support/calls-app.ts';
import { TracedApp } from './support/traced-app.ts';
import { tree } from './support/tree.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await startCallsApp({}, 'grpc-clients-app');
});
afterAll(() => app[Symbol.asyncDispose]());

const oneCall = `
  app CLIENT calls.Calls/Unary OK
    app SERVER calls.Calls/Unary OK
`;

it.each([
  'with/register',
  'with/useFactory',
  'with/useClass',
  'with/useExisting',
  'with/global',
  'with/Client',
  'with/ClientProxyFactory',
  'with/providers',
  'with/byHand',
  'with/byProvider',
  'stub',
  'bare',
])('rule 11: a client has one span a call: %s', async (path) => {
  expect(calls(await app.trace(`/${path}`))).toBe(oneCall);
});

it('rule 11: a call without a trace begins one', async () => {
  const rootOf = (spans: readonly Span[]): Span | undefined =>
    spans.find((span) => span.kind === 'CLIENT' && span.parentSpanId === undefined);
  const spans = await app.receiver.waitFor((all) => {
    const root = rootOf(all);
    return root !== undefined && all.some((span) => span.parentSpanId === root.spanId);
  });
  expect(tree(app.receiver.spansOfTrace(rootOf(spans)?.traceId ?? ''))).toMatchInlineSnapshot(`
    "
    app CLIENT calls.Calls/Unary OK
      app SERVER calls.Calls/Unary OK
    "
  `);
});

it.each([
  ['/own-interceptors', 2],
  ['/own-interceptors-of-stub', 3],
])(
  'rule 11: interceptors that the app gives to a call run beside ours: %s',
  async (path, count) => {
    expect(await (await app.fetch(path)).json()).toBe(count);
    expect(calls(await app.trace(path))).toBe(oneCall.trimEnd().repeat(count) + '\n');
  },
);

it('rule 11: our headers go on a copy of the metadata, and win over those of the app', async () => {
  const response = await app.fetch('/own-metadata');
  const { seen, after } = (await response.json()) as {
    seen: Record<string, unknown>[];
    after: string;
  };
  expect(after).toBe(`00-${'9'.repeat(32)}-${'9'.repeat(16)}-01`);
  for (const metadata of seen) {
    expect(metadata['tenant']).toBe('acme');
    expect(metadata['picture-bin']).toEqual({ type: 'Buffer', data: [0, 255] });
    expect(metadata['traceparent']).not.toContain('9'.repeat(16));
    expect(metadata['tracestate']).toBeUndefined();
  }
  expect(seen[0]?.['traceparent']).not.toBe(seen[1]?.['traceparent']);
});

it('rule 11: a call on a client that is closed throws where it is made, and is none', async () => {
  expect(tree(await app.traceOf(1, '/closed'))).toMatchInlineSnapshot(`
    "
    app SERVER GET /closed 500 ERROR
      · exception [Error: Channel has been shut down]
    "
  `);
});

it('rules 12, 36: a stub is traced while an app runs, and calls on untraced when none does', async () => {
  const PROTO = fileURLToPath(new URL('./fixtures/calls.proto', import.meta.url));
  await using app = await TracedApp.start('stubs-app', { env: { PROTO }, serves: false });
  const [seen] = (await once(app.process, 'message')) as [Record<string, string[]>];
  expect(seen).toEqual({
    'first app': ['traced'],
    'after the first': ['not traced', 'not traced'],
    'second app': ['traced', 'traced', 'traced'],
    'after the second': ['not traced', 'not traced', 'not traced', 'not traced'],
  });
  expect(await app.exit).toBe(0);
  await app.receiver.waitFor((spans) => spans.filter(({ kind }) => kind === 'CLIENT').length === 4);
});
