import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawConnection } from './support/raw-connection.ts';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { treeOfApp } from './support/tree-of-app.ts';
import { isWhole, newTrace } from './support/tree.ts';

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('http-server-app', { env: { ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** The server spans of some requests, one a line, each with its route. */
  async function told(requests: readonly (readonly [string, string, RequestInit?])[]) {
    const lines = await Promise.all(
      requests.map(async ([method, path, init]) => {
        const span = serverSpan(await app.trace(path, { method, ...init }));
        return `${method} ${path}: ${inWords(span)}`;
      }),
    );
    return `\n${lines.join('\n')}\n`;
  }

  /** `fetch` sets the header by the URL. */
  async function nameFor(path: string, host: string): Promise<string> {
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(app.url);
    connection.head([`GET ${path} HTTP/1.1`, `host: ${host}`, `traceparent: ${traceparent}`]);
    await connection.receives((all) => all.includes('\r\n\r\n'));
    await app.receiver.waitFor((spans) => isWhole(spans, traceId));
    return inWords(serverSpan(app.receiver.spansOfTrace(traceId)));
  }

  it('rule 10: the route names the span, of whatever kind it is', async () => {
    expect(
      await told([
        ['GET', '/answers/ids?a=b'],
        ['HEAD', '/answers/ids'],
        ['POST', '/answers/all'],
        ['GET', '/zoo/3/cats/tom/toys/1'],
        ['GET', '/answers/res'],
        ['GET', '/answers/file'],
        ['GET', '/answers/typed'],
        ['GET', '/answers/hints'],
        ['GET', '/answers/two/7'],
        ['PUT', '/answers/not-allowed'],
      ]),
    ).toMatchInlineSnapshot(`
      "
      GET /answers/ids?a=b: GET /answers/ids 200, route /answers/ids
      HEAD /answers/ids: HEAD /answers/ids 200, route /answers/ids
      POST /answers/all: POST /answers/all 200, route /answers/all
      GET /zoo/3/cats/tom/toys/1: GET /zoo/:zoo/cats/:name/toys/:toy 200, route /zoo/:zoo/cats/:name/toys/:toy
      GET /answers/res: GET /answers/res 202, route /answers/res
      GET /answers/file: GET /answers/file 200, route /answers/file
      GET /answers/typed: GET /answers/typed 200, route /answers/typed
      GET /answers/hints: GET /answers/hints 200, route /answers/hints
      GET /answers/two/7: GET /answers/two/:id 200, route /answers/two/:id
      PUT /answers/not-allowed: PUT /answers/not-allowed 405, route /answers/not-allowed
      "
    `);
    // Wildcards have names on Express only.
    expect((await told([['GET', '/answers/wild/a/b']])).replaceAll('*rest', '*'))
      .toMatchInlineSnapshot(`
      "
      GET /answers/wild/a/b: GET /answers/wild/* 200, route /answers/wild/*
      "
    `);
  });

  it('rule 10: what answers before the routes do is named by the method', async () => {
    expect(
      await told([
        ['GET', '/nowhere'],
        ['DELETE', '/answers/ids'],
        ['GET', '/middleware/answers'],
        ['GET', '/used/here'],
        ['GET', '/static/http-server-app.js'],
        ['GET', '/static/none.js'],
        ['GET', '/served/http-server-app.js'],
        ['GET', '/served/none.js'],
        [
          'OPTIONS',
          '/answers/ids',
          { headers: { origin: 'http://a.test', 'access-control-request-method': 'GET' } },
        ],
      ]),
    ).toMatchInlineSnapshot(`
      "
      GET /nowhere: GET 404
      DELETE /answers/ids: DELETE 404
      GET /middleware/answers: GET 203
      GET /used/here: GET 204
      GET /static/http-server-app.js: GET 200
      GET /static/none.js: GET 404
      GET /served/http-server-app.js: GET 200
      GET /served/none.js: GET 404
      OPTIONS /answers/ids: OPTIONS 204
      "
    `);
  });

  it('rule 10: a controller of a host is a route for that host', async () => {
    const at = (host: string): Promise<string> => nameFor(`/tenants/7`, host);
    expect(await at('acme.shop.test')).toBe('GET /tenants/:id 200, route /tenants/:id');
    expect(await at('other.test')).toBe(
      // Fastify's router knows no hosts: Nest answers from within the route.
      ADAPTER === 'express' ? 'GET 404' : 'GET /tenants/:id 404, route /tenants/:id',
    );
  });

  it('rule 10: a method that no convention knows does not name the span', async () => {
    const span = serverSpan(await app.trace('/answers/all', { method: 'PROPFIND' }));
    expect(span.name).toBe('HTTP /answers/all');
    expect(span.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PROPFIND',
      'http.route': '/answers/all',
    });
    const init = { method: 'QUERY', headers: { 'content-type': 'application/json' }, body: '{}' };
    const query = serverSpan(await app.trace('/answers/all', init));
    expect(query.name).toBe('QUERY /answers/all');
    expect(query.attributes).toMatchObject({ 'http.request.method': 'QUERY' });
    expect(query.attributes).not.toHaveProperty('http.request.method_original');
  });

  it('rule 10: the context is active after a body was read: large, raw, or a file', async () => {
    const json = { 'content-type': 'application/json' };
    const file = new FormData();
    file.set('file', new Blob(['abc']), 'a.txt');
    const bodies: [string, RequestInit][] = [
      ['/answers/body', { headers: json, body: JSON.stringify({ text: 'x'.repeat(90_000) }) }],
      ['/answers/raw', { headers: json, body: JSON.stringify({ text: 'x'.repeat(90_000) }) }],
      ['/answers/upload', { body: file }],
    ];
    for (const [path, init] of bodies) {
      const spans = await app.trace(path, { method: 'POST', ...init });
      expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toContainEqual([
        expect.stringMatching(/^Answers\./),
        serverSpan(spans).spanId,
      ]);
    }
  });
});

describe.each([
  ['express', 'uri', '/api/v2/versioned/7'],
  ['fastify', 'uri', '/api/v2/versioned/7'],
  ['express', 'header', '/api/versioned/7'],
  ['fastify', 'header', '/api/versioned/7'],
])('%s, versions by %s', (ADAPTER, VERSIONS, path) => {
  it('rule 10: the global prefix and the version are in the route if they are in the path', async () => {
    const env = { ADAPTER, VERSIONS, PREFIX: 'api' };
    await using app = await TracedApp.start('http-server-app', { env });
    const spans = await app.trace(path, { headers: { 'x-version': '2' } });
    expect(treeOfApp(spans)).toContain('Second.one');
    expect(inWords(serverSpan(spans))).toBe(
      `GET ${path.replace('7', ':id')} 200, route ${path.replace('7', ':id')}`,
    );
    // A version that there is not is no route, and its 404 is named by the method alone.
    const unknown = await app.trace(path.replace('v2', 'v3'), { headers: { 'x-version': '3' } });
    expect(inWords(serverSpan(unknown))).toBe('GET 404');
    expect(inWords(serverSpan(await app.trace('/versioned/7')))).toBe('GET 404');
  });
});

describe.each(['express', 'fastify'])("a %s instance of the app's own", (ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('mounted-app', { env: { ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** The trace that a request sends along, the one in which its handler runs, and the spans of that. */
  async function requested(path: string): Promise<{ sent: string; seen?: string; spans: Span[] }> {
    const { traceId: sent, traceparent } = newTrace();
    const response = await app.fetch(path, { headers: { traceparent } });
    const { traceId: seen } = (await response.json()) as { traceId?: string };
    if (seen === undefined) return { sent, spans: [] };
    await app.receiver.waitFor((spans) => spans.some(({ traceId }) => traceId === seen));
    return { sent, seen, spans: app.receiver.spansOfTrace(seen) };
  }

  it('rule 10: a route that is mounted once Nest has the instance is named by the method', async () => {
    const { sent, seen, spans } = await requested('/after');
    expect(seen).toBe(sent);
    expect(inWords(serverSpan(spans))).toBe('GET 200');
    expect(inWords(serverSpan(await app.trace('/nest')))).toBe('GET /nest 200, route /nest');
  });

  it('rule 10: a route that is mounted before is out of reach on Express, but for spans by hand', async () => {
    const { sent, seen, spans } = await requested('/before');
    const byHand = await requested('/before/by-hand');
    expect(byHand.seen).toBe(byHand.sent);
    if (ADAPTER === 'fastify') {
      expect(seen).toBe(sent);
      expect(inWords(serverSpan(spans))).toBe('GET 200');
    } else {
      expect(seen).toBeUndefined();
      expect(treeOfApp(byHand.spans).trim()).toBe('app INTERNAL GET /before/by-hand');
      // What came in the meantime would be here by now.
      expect(app.receiver.spansOfTrace(sent)).toEqual([]);
    }
  });
});

function inWords({ name, attributes }: Span): string {
  const route = attributes['http.route'];
  return `${name} ${attributes['http.response.status_code']}${route ? `, route ${route}` : ''}`;
}
