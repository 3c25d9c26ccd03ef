import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { treeOfApp } from './support/tree-of-app.ts';
import { isWhole, newTrace } from './support/tree.ts';

describe.each(['express', 'fastify'])('%s', (adapter) => {
  // nestjs-pino 5.2 finds no route for its request logging on Fastify under Nest 12.
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('http-app', { env: { ADAPTER: adapter } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('rule 10: the route names the span, and its context is active from the guard on', async () => {
    const spans = await app.trace('/books/1?page=2');
    expect(treeOfApp(spans)).toMatchInlineSnapshot(`
      "
      app SERVER GET /books/:id 200
        · info guarding
        app INTERNAL Books.find
          · warn looking
          · info by Nest
          · info by pino
          app INTERNAL Shelf.find
            app INTERNAL lookup
      "
    `);
    expect(spans.map(({ name, scope }) => `${name}: ${scope}`).toSorted()).toEqual([
      'Books.find: app/shelf',
      'GET /books/:id: nestjs-tracing',
      'Shelf.find: app/shelf',
      'lookup: app/shelf',
    ]);
    expect(serverSpan(spans).attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/books/:id',
      'http.response.status_code': 200,
      'url.path': '/books/1',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(app.url).port),
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
      'user_agent.original': 'node',
      'nestjs.controller': 'Books',
      'nestjs.callback': 'find',
      middleware: true,
    });
  });

  it('rule 17: the lines carry the ids of their spans; rule 18: and are events on them', async () => {
    const spans = await app.trace('/books/1');
    const { traceId } = spans[0]!;
    const lines = app.lines.filter((line) => line.trace_id === traceId);
    const told = lines.map((line) => {
      const span = spans.find((one) => one.spanId === line.span_id);
      expect(span?.events.map((event) => event.name)).toContain(line.msg);
      return `${span?.name}: ${line.msg}`;
    });
    expect(told).toEqual([
      'GET /books/:id: guarding',
      'Books.find: looking',
      'Books.find: by Nest',
      'Books.find: by pino',
      'GET /books/:id: request completed',
    ]);
    expect(lines[0]).toMatchObject({ context: 'Guard', trace_flags: '01' });
  });

  it('rules 18, 19: an event shows what the line shows, flattened and redacted', async () => {
    const spans = await app.trace('/books/1');
    const event = spans.flatMap((span) => span.events).find(({ name }) => name === 'looking');
    expect(event?.attributes).toEqual({
      level: 'warn',
      'logger.context': 'Books',
      'shelf.row': 3,
      'shelf.tags': ['a', 'b'],
      password: '[Redacted]',
      reqId: expect.anything(),
    });
  });

  it('the headers that hold secrets are redacted in the logger that we bring', async () => {
    await app.trace('/books/1', {
      headers: { authorization: 'Bearer hush', cookie: 'id=hush', 'proxy-authorization': 'hush' },
    });
    expect(app.output).not.toContain('hush');
    expect(JSON.stringify(app.receiver.spans, bigints)).not.toContain('hush');
  });

  it('rule 19: so are the secrets of a URL, on the line as on the span', async () => {
    const spans = await app.trace('/books/1?page=2&access_token=hush');
    expect(JSON.stringify(spans, bigints)).not.toContain('hush');
    expect(app.output).not.toContain('hush');
    const told = serverSpan(spans).events.find(({ name }) => name === 'request completed');
    expect(told?.attributes['req.url']).toBe('/books/1?page=2&access_token=REDACTED');
  });

  it('rule 2: the span of a handler lasts as long as the Observable it returns', async () => {
    const spans = await app.trace('/books/of/the/day');
    const handler = spans.find((span) => span.name === 'Books.later')!;
    expect(handler.end - handler.start).toBeGreaterThan(15_000_000n);
  });

  it('rules 4, 10: a 404 is no error', async () => {
    expect(treeOfApp(await app.trace('/books/lost/one'))).toMatchInlineSnapshot(`
      "
      app SERVER GET /books/lost/one 404
        app INTERNAL Books.lost 404
      "
    `);
  });

  it('rules 3, 10: a crash is recorded where it occurred', async () => {
    expect(treeOfApp(await app.trace('/books', { method: 'POST' }))).toMatchInlineSnapshot(`
      "
      app SERVER POST /books 500 ERROR
        · error the till is broken [TypeError: the till is broken]
        app INTERNAL Books.buy ERROR: the till is broken
          app INTERNAL buying ERROR: the till is broken
            · exception [TypeError: the till is broken]
      "
    `);
  });

  it('rule 3: what is thrown need not be an error', async () => {
    expect(treeOfApp(await app.trace('/books/odd/one'))).toMatchInlineSnapshot(`
      "
      app SERVER GET /books/odd/one 500 ERROR
        · error log
        app INTERNAL Books.odd ERROR: undefined
          · exception [undefined: undefined]
      "
    `);
  });

  it('rule 10: without a route the span is named by the method', async () => {
    const spans = await app.trace('/nowhere');
    expect(serverSpan(spans)).toMatchObject({ name: 'GET', status: { code: 'UNSET' } });
    expect(serverSpan(spans).attributes).toMatchObject({ 'http.response.status_code': 404 });
  });

  it('rule 10: a context that middleware sets holds in the handler, and goes on from there', async () => {
    const headers = { 'x-tenant': 'acme' };
    const { traceId, traceparent } = newTrace();
    const response = await app.fetch('/books/sent/one', { headers: { ...headers, traceparent } });
    const spans = await app.receiver.waitFor((all) => isWhole(all, traceId));
    const handler = spans.find((span) => span.traceId === traceId && span.kind === 'INTERNAL');
    expect(await response.json()).toEqual({
      baggage: 'tenant=acme',
      traceparent: `00-${traceId}-${handler?.spanId}-01`,
    });
  });

  it('rule 10: a request that the client aborts ends its span', async () => {
    const traceId = 'ab'.repeat(16);
    const headers = { traceparent: `00-${traceId}-00000000000000aa-01` };
    const signal = AbortSignal.timeout(300);
    await expect(app.fetch('/books/slow/one', { headers, signal })).rejects.toThrow(/timeout/);
    const spans = await app.receiver.waitFor((all) => all.some((one) => one.traceId === traceId));
    const aborted = spans.find((one) => one.traceId === traceId);
    expect(aborted).toMatchObject({
      name: 'GET /books/slow/one',
      attributes: { 'error.type': 'aborted' },
    });
  });

  it('rule 29: a health check makes no span, and its caller is still known', async () => {
    const before = app.receiver.spanCount;
    const traceId = 'cd'.repeat(16);
    const headers = { traceparent: `00-${traceId}-00000000000000aa-01` };
    expect(await (await app.fetch('/health', { headers })).json()).toEqual({ traceId });
    await app.trace('/books/of/the/day');
    expect(app.receiver.spanCount - before).toBe(2);
  });

  it.each([
    '',
    'nonsense',
    '00-zz-zz-01',
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    'x'.repeat(9000),
  ])('rule 15: a malformed traceparent %# starts a new trace', async (traceparent) => {
    const response = await app.fetch('/books/of/the/day', {
      headers: { traceparent, baggage: '=;,=%%%,', tracestate: ',,,=' },
    });
    expect(response.status).toBe(200);
  });
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
