import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preShared } from './fixtures/pre-shared.ts';
import { RawConnection } from './support/raw-connection.ts';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('http-server-app', { env: { ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** The attributes of a request whose head a test writes itself. */
  async function attributesOf(lines: string[], target = '/answers/ids?a=b'): Promise<object> {
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(app.url);
    connection.head([`GET ${target} HTTP/1.1`, `traceparent: ${traceparent}`, ...lines]);
    await connection.receives((all) => all.includes('\r\n\r\n'));
    const spans = await app.receiver.waitFor((all) => of(all, traceId).length > 0);
    return serverSpan(of(spans, traceId)).attributes;
  }

  it('rule 10: the attributes of the stable conventions, and no others', async () => {
    const attributes = await attributesOf(['host: shop.test:8080', 'user-agent: teller/1']);
    expect({ ...attributes, 'network.peer.port': 'a port' }).toEqual({
      'http.request.method': 'GET',
      'http.route': '/answers/ids',
      'http.response.status_code': 200,
      'url.path': '/answers/ids',
      'url.query': 'a=b',
      'url.scheme': 'http',
      'server.address': 'shop.test',
      'server.port': 8080,
      'client.address': '127.0.0.1',
      'network.peer.address': '127.0.0.1',
      'network.peer.port': 'a port',
      'network.protocol.version': '1.1',
      'user_agent.original': 'teller/1',
      'nestjs.controller': 'Answers',
      'nestjs.callback': 'ids',
    });
  });

  it('rule 10: HTTP/1.0 needs no Host, and may have a user agent of no text', async () => {
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(app.url);
    const lines = [`GET /answers/ids? HTTP/1.0`, `traceparent: ${traceparent}`, 'user-agent:'];
    connection.head(lines);
    await connection.receives((all) => all.includes('\r\n\r\n'));
    const spans = await app.receiver.waitFor((all) => of(all, traceId).length > 0);
    const { attributes } = serverSpan(of(spans, traceId));
    expect(attributes).toMatchObject({ 'network.protocol.version': '1.0' });
    for (const key of ['server.address', 'server.port', 'url.query']) {
      expect(attributes).not.toHaveProperty(key);
    }
  });

  it('rule 10: https has its scheme', async () => {
    await using secure = await TracedApp.start('http-server-app', { env: { ADAPTER, TLS: 'yes' } });
    const { traceId, traceparent } = newTrace();
    const url = secure.url.replace('http:', 'https:');
    const headers = { traceparent };
    const request = get(`${url}/answers/ids`, { ...preShared, headers, agent: false });
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    expect(await text(response)).toContain(traceId);
    const spans = await secure.receiver.waitFor((all) => of(all, traceId).length > 0);
    expect(serverSpan(of(spans, traceId)).attributes).toMatchObject({
      'url.scheme': 'https',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(url).port),
    });
  });

  it('rule 10: a target may be a whole URL', async () => {
    const attributes = await attributesOf(['host: a.test'], 'http://a.test/answers/ids?a=b');
    expect(attributes).toMatchObject({ 'url.path': '/answers/ids', 'server.address': 'a.test' });
  });

  it.each([
    [['x-forwarded-for: 192.0.2.1, 10.0.0.1'], { 'client.address': '192.0.2.1' }],
    [['x-forwarded-for: 192.0.2.1:4711'], { 'client.address': '192.0.2.1' }],
    [['x-forwarded-for: 2001:db8::1'], { 'client.address': '2001:db8::1' }],
    [
      ['x-forwarded-proto: https', 'x-forwarded-host: shop.test:8443'],
      { 'url.scheme': 'https', 'server.address': 'shop.test', 'server.port': 8443 },
    ],
    [
      ['forwarded: for="[2001:db8::2]:99";proto=https;host=shop.test, for=10.0.0.1'],
      { 'url.scheme': 'https', 'server.address': 'shop.test', 'client.address': '2001:db8::2' },
    ],
    [
      ['forwarded: for=192.0.2.7', 'x-forwarded-for: 192.0.2.8'],
      { 'client.address': '192.0.2.7', 'server.address': 'a.test', 'url.scheme': 'http' },
    ],
  ])('rule 10: what proxies say: %j', async (lines, expected) => {
    expect(await attributesOf(['host: a.test', ...lines])).toMatchObject({
      ...expected,
      'network.peer.address': '127.0.0.1',
    });
  });

  it.each([
    'forwarded: ;;;="";for=',
    `forwarded: for="${'['.repeat(5000)}`,
    'x-forwarded-for: unknown',
    `x-forwarded-for: ${'1'.repeat(9000)}`,
    'x-forwarded-proto: javascript',
  ])('rule 15: what proxies say may be nonsense: %.30s', async (line) => {
    expect(await attributesOf(['host: a.test', line])).toMatchObject({
      'client.address': '127.0.0.1',
      'url.scheme': 'http',
      'server.address': 'a.test',
      'http.response.status_code': 200,
    });
  });
});

it.each(['express', 'fastify'])(
  'rule 10: an app that trusts its proxies knows the client better: %s',
  async (ADAPTER) => {
    const env = {
      ADAPTER,
      TRUST_PROXY: '127.0.0.1',
      OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET,PROPFIND',
    };
    await using app = await TracedApp.start('http-server-app', { env });
    const headers = { 'x-forwarded-for': '203.0.113.66, 192.0.2.1' };
    const span = serverSpan(await app.trace('/answers/all', { method: 'PROPFIND', headers }));
    expect(span.attributes).toMatchObject({
      'client.address': '192.0.2.1',
      'network.peer.address': '127.0.0.1',
    });
    expect(span.name).toBe('PROPFIND /answers/all');
  },
);

describe('HTTP/2 on Fastify', () => {
  let app: TracedApp;
  let session: ClientHttp2Session;
  beforeAll(async () => {
    app = await TracedApp.start('http-server-app', { env: { ADAPTER: 'fastify-http2' } });
    session = connect(app.url);
  });
  afterAll(async () => {
    session.destroy();
    await app[Symbol.asyncDispose]();
  });

  const ask = async (path: string, headers: IncomingHttpHeaders): Promise<string> =>
    text(session.request({ ':path': path, ...headers }));

  it('rule 10: streams of one connection have nothing of each other, and each has its span', async () => {
    const traces = Array.from({ length: 20 }, newTrace);
    const answers = await Promise.all(
      traces.map(({ traceparent }) => ask('/answers/ids?a=b', { traceparent })),
    );
    expect(answers.map((answer) => (JSON.parse(answer) as { traceId: string }).traceId)).toEqual(
      traces.map(({ traceId }) => traceId),
    );
    const ids = new Set(traces.map(({ traceId }) => traceId));
    const servers = (all: readonly Span[]): Span[] =>
      all.filter((span) => span.kind === 'SERVER' && ids.has(span.traceId));
    const spans = await app.receiver.waitFor((all) => servers(all).length >= 20);
    expect(servers(spans)).toHaveLength(20);
    expect(servers(spans)[0]).toMatchObject({
      name: 'GET /answers/ids',
      status: { code: 'UNSET' },
      attributes: {
        'http.response.status_code': 200,
        'network.protocol.version': '2',
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(app.url).port),
        'url.path': '/answers/ids',
        'url.scheme': 'http',
        'client.address': '127.0.0.1',
      },
    });
    expect(servers(spans).some((span) => 'error.type' in span.attributes)).toBe(false);
  });

  it('rule 32: a server span ends when the answer is with the connection', async () => {
    const { traceId, traceparent } = newTrace();
    const told = once(app.process, 'message');
    await ask('/answers/busy-after', { traceparent });
    const [{ wasBusyAt }] = (await told) as [{ wasBusyAt: number }];
    const spans = await app.receiver.waitFor((all) => of(all, traceId).length > 0);
    const { end, status } = serverSpan(of(spans, traceId));
    expect(wasBusyAt - Number(end) / 1e6).toBeGreaterThanOrEqual(499);
    expect(status.code).toBe('UNSET');
  });

  it('rule 10: a stream that the client resets is aborted', async () => {
    const { traceId, traceparent } = newTrace();
    const stream = session.request({ ':path': '/answers/file/endless', traceparent });
    await once(stream, 'data');
    stream.close(constants.NGHTTP2_CANCEL);
    const spans = await app.receiver.waitFor((all) => of(all, traceId).length > 0);
    expect(of(spans, traceId)[0]?.attributes['error.type']).toBe('aborted');
  });
});

function of(spans: readonly Span[], traceId: string): Span[] {
  return spans.filter((span) => span.kind === 'SERVER' && span.traceId === traceId);
}
