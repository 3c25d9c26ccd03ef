import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { isWhole } from './support/tree.ts';
import { treeOfApp } from './support/tree-of-app.ts';

async function start(env: Record<string, string>): Promise<TracedApp> {
  const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
  const ports = { GRPC_PORT: await freePort(), TCP_PORT: await freePort() };
  return TracedApp.start('rpc-faults-app', { env: { ...ports, PROTO, ...env } });
}

const isCall = (span: Span): boolean => 'rpc.method' in span.attributes;

/** The server span of a call or message with all below it, and the `error.type` of both sides. */
function told(spans: readonly Span[]): string {
  const lines = treeOfApp(spans).trimEnd().split('\n');
  const at = lines.findIndex((line) => / SERVER (?!GET)/.test(line));
  const indent = lines[at]?.search(/\S/) ?? 0;
  const types = spans
    .filter(isCall)
    .map(({ kind, attributes }) => `${kind} ${String(attributes['error.type'] ?? 'none')}`)
    .toSorted()
    .toReversed();
  return `${lines
    .slice(at)
    .map((line) => `\n${line.slice(indent)}`)
    .join('')}\nerror.type ${types.join(', ')}\n`;
}

describe('gRPC and TCP', () => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await start({});
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const trace = async (path: string): Promise<string> => told(await app.trace(path));

  it.each([
    ['/grpc/unary', 'streams.Streams/Unary INTERNAL', 'INTERNAL'],
    ['/tcp/filtered', 'filtered INTERNAL', 'none'],
  ])(
    'rule 3: what guards, pipes and interceptors throw is recorded on the server span, also where a filter answers: %s',
    async (way, name, clientType) => {
      for (const place of ['guard', 'pipe', 'interceptor']) {
        expect(await trace(`${way}/${place}/breaks`)).toBe(`
app SERVER ${name} ERROR: internal
  · exception [TypeError: ${place}]
error.type SERVER TypeError, CLIENT ${clientType}
`);
      }
    },
  );

  it.each([
    ['/grpc/download', 'streams.Streams/Download UNKNOWN', 'UNKNOWN'],
    ['/tcp/unfiltered', 'unfiltered', 'none'],
    ['/tcp/of-request', 'of-request', 'none'],
  ])('rule 3: so it is where no filter answers: %s', async (way, name, clientType) => {
    expect(await trace(`${way}/guard/breaks`)).toBe(`
app SERVER ${name} ERROR: Internal server error
  · exception [TypeError: guard]
  · error guard [TypeError: guard]
error.type SERVER TypeError, CLIENT ${clientType}
`);
  });

  it.each(['/grpc/unary', '/tcp/filtered'])(
    'rule 3: what an interceptor throws after the handler is recorded on the server span: %s',
    async (way) => {
      expect(await trace(`${way}/after/breaks`)).toMatch(
        /^\napp SERVER .* ERROR: internal\n  · exception \[TypeError: after\]\n  app INTERNAL Filtered\.\w+\n    app INTERNAL Stock.take\nerror.type SERVER TypeError/,
      );
    },
  );

  it('rule 3: what has a span below is recorded there, and only there', async () => {
    expect(await trace('/grpc/unary/handler/breaks')).toMatchInlineSnapshot(`
      "
      app SERVER streams.Streams/Unary INTERNAL ERROR: internal
        app INTERNAL Filtered.unary ERROR: handler
          · exception [TypeError: handler]
          app INTERNAL Stock.take
      error.type SERVER TypeError, CLIENT INTERNAL
      "
    `);
    expect(await trace('/grpc/unary/below/breaks')).toMatchInlineSnapshot(`
      "
      app SERVER streams.Streams/Unary INTERNAL ERROR: internal
        app INTERNAL Filtered.unary ERROR: below
          app INTERNAL Stock.take ERROR: below
            · exception [TypeError: below]
      error.type SERVER TypeError, CLIENT INTERNAL
      "
    `);
    expect(await trace('/tcp/filtered/observable/breaks')).toMatchInlineSnapshot(`
      "
      app SERVER filtered INTERNAL ERROR: internal
        app INTERNAL Filtered.message ERROR: observable
          · exception [TypeError: observable]
          app INTERNAL Stock.take
      error.type SERVER TypeError, CLIENT none
      "
    `);
    expect(await trace('/tcp/filtered/handler/text')).toMatchInlineSnapshot(`
      "
      app SERVER filtered INTERNAL ERROR: internal
        app INTERNAL Filtered.message ERROR: just a text
          · exception [string: just a text]
          app INTERNAL Stock.take
      error.type SERVER string, CLIENT none
      "
    `);
  });

  it('rule 4: an expected error is not recorded, whatever a filter makes of it', async () => {
    expect(await trace('/grpc/download/guard/expected')).toMatchInlineSnapshot(`
      "
      app SERVER streams.Streams/Download PERMISSION_DENIED
      error.type SERVER none, CLIENT PERMISSION_DENIED
      "
    `);
    expect(await trace('/tcp/unfiltered/guard/expected')).toMatchInlineSnapshot(`
      "
      app SERVER unfiltered PERMISSION_DENIED
      error.type SERVER none, CLIENT none
      "
    `);
    expect(await trace('/grpc/unary/guard/http')).toMatchInlineSnapshot(`
      "
      app SERVER streams.Streams/Unary INTERNAL ERROR: internal
      error.type SERVER INTERNAL, CLIENT INTERNAL
      "
    `);
    expect(await trace('/tcp/filtered/guard/http')).toMatchInlineSnapshot(`
      "
      app SERVER filtered INTERNAL ERROR: internal
      error.type SERVER NotFoundException, CLIENT none
      "
    `);
  });

  it('error.type is the class of what was thrown, unless that names the very status', async () => {
    expect(await trace('/grpc/unary/guard/class')).toContain('error.type SERVER OutOfOrder');
    expect(await trace('/tcp/unfiltered/guard/class')).toContain('error.type SERVER OutOfOrder');
    expect(await trace('/grpc/unary/pipe/text')).toContain('error.type SERVER string');
    expect(await trace('/grpc/download/guard/internal')).toContain('error.type SERVER INTERNAL');
  });
});

it('rule 3: without handler spans what a handler throws is recorded on the server span', async () => {
  await using app = await start({ HANDLER_SPANS: 'off' });
  const trace = async (path: string): Promise<string> => told(await app.trace(path));
  expect(await trace('/grpc/unary/observable/breaks')).toMatchInlineSnapshot(`
    "
    app SERVER streams.Streams/Unary INTERNAL ERROR: internal
      · exception [TypeError: observable]
      app INTERNAL Stock.take
    error.type SERVER TypeError, CLIENT INTERNAL
    "
  `);
  expect(await trace('/tcp/filtered/handler/breaks')).toMatchInlineSnapshot(`
    "
    app SERVER filtered INTERNAL ERROR: internal
      · exception [TypeError: handler]
      app INTERNAL Stock.take
    error.type SERVER TypeError, CLIENT none
    "
  `);
});

it('rule 31: an exception is recorded on the span of its own call, wherever its events come from', async () => {
  await using app = await start({ PAIRED: 'yes' });
  const path = '/grpc/unary/guard/breaks';
  const traces = await Promise.all([app.traceOf(4, path), app.traceOf(4, path)]);
  for (const spans of traces) {
    expect(spans.every((span) => isWhole(spans, span.traceId))).toBe(true);
    const server = spans.find((span) => span.kind === 'SERVER' && isCall(span));
    const exceptions = server?.events.filter(({ name }) => name === 'exception');
    expect(exceptions?.map(({ attributes }) => attributes['exception.message'])).toEqual(['guard']);
    expect(server?.attributes['error.type']).toBe('TypeError');
  }
});
