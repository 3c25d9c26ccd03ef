import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await TracedApp.start('outgoing-app', { node: ['--expose-gc'] });
});
afterAll(() => app[Symbol.asyncDispose]());

interface Result {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** Answered by the app: often the headers that the upstream got. */
  readonly body: string;
}

/** Makes a request with a trace of its own, and waits for its server span and its client spans. */
async function request(from: TracedApp, path: string, clientSpans = 1): Promise<Result> {
  const { traceId, traceparent } = newTrace();
  const body = await (await from.fetch(path, { headers: { traceparent } })).text();
  const spans = (): Span[] => from.receiver.spansOfTrace(traceId);
  await from.receiver.waitFor(
    () =>
      spans().filter(({ kind }) => kind === 'CLIENT').length >= clientSpans &&
      spans().some(({ kind }) => kind === 'SERVER'),
  );
  return { traceId, spans: spans(), body };
}

function client(spans: readonly Span[]): Span {
  return spans.find(({ kind }) => kind === 'CLIENT')!;
}

const trees = (spans: readonly Span[]): string =>
  tree(spans).replaceAll(/\n.*· info request completed.*/g, '');

it.each(['fetch', 'http', 'axios'])(
  'rule 13: %s carries the context of its client span, which is below the caller',
  async (how) => {
    const { spans, body, traceId } = await request(app, `/${how}?path=/echo`);
    expect(trees(spans).replaceAll(how, 'HOW').replaceAll('nestAxios', 'HOW')).toBe(`
app SERVER GET /HOW 200
  app INTERNAL Calls.HOW
    app INTERNAL Clients.HOW
      app CLIENT GET 200
`);
    const { spanId } = client(spans);
    expect(JSON.parse(body)).toMatchObject({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(client(spans)).toMatchObject({ scope: 'nestjs-tracing', status: { code: 'UNSET' } });
    const { attributes } = client(spans);
    const port = attributes['server.port'];
    expect(attributes).toEqual({
      'http.request.method': 'GET',
      'url.full': `http://127.0.0.1:${String(port)}/echo`,
      'server.address': '127.0.0.1',
      'server.port': expect.any(Number),
      'network.peer.address': '127.0.0.1',
      'network.peer.port': port,
      'network.protocol.version': '1.1',
      'http.response.status_code': 200,
    });
  },
);

it.each([
  ['fetch', '/status/404'],
  ['http', '/status/404'],
  ['axios', '/status/500'],
])('rule 13: %s of %s is an error of the caller', async (how, path) => {
  const { spans } = await request(app, `/${how}?path=${path}`);
  const status = path.slice(-3);
  expect(client(spans)).toMatchObject({
    status: { code: 'ERROR' },
    attributes: { 'http.response.status_code': Number(status), 'error.type': status },
  });
});

it.each([
  'refusedHttp?path=',
  'hungUpHttp?path=/hang-up',
  'unknownHost?path=/',
  'abortedHttp?path=/silent',
  'givenUpHttp?path=/silent',
  'timedOutAxios?path=/silent',
  'abortedFetch?path=/silent',
])('rule 32: a request that fails has ended when the caller is told: %s', async (path) => {
  const { spans } = await request(app, `/call/${path}`);
  const caller = spans.find(({ name }) => name === 'Calls.call');
  const { end, events } = client(spans);
  expect(end).toBeLessThanOrEqual(caller!.end);
  expect(events.filter(({ time }) => time > end)).toEqual([]);
});

it('rule 13: each of the requests of a redirect, and each retry, is a span', async () => {
  const redirects = await Promise.all(
    ['fetch', 'axios'].map((how) => request(app, `/${how}?path=/redirect`, 2)),
  );
  for (const { spans } of redirects) {
    expect(spans.flatMap(({ attributes }) => attributes['url.full'] ?? [])).toEqual([
      expect.stringMatching(/\/redirect$/),
      expect.stringMatching(/\/echo$/),
    ]);
  }
  const undici = await request(app, '/call/undiciRetried?path=/status/503', 2);
  expect(undici.spans.filter(({ kind }) => kind === 'CLIENT')).toHaveLength(2);
  const { spans } = await request(app, '/retried?path=/status/503', 2);
  expect(trees(spans)).toMatchInlineSnapshot(`
    "
    app SERVER GET /retried 500 ERROR
      · error Request failed with status code 503 [AxiosError: Request failed with status code 503]
      · info request errored [Error: failed with status code 500]
      app INTERNAL Calls.retried ERROR: Request failed with status code 503
        app INTERNAL Clients.nestAxios ERROR: Request failed with status code 503
          · exception [AxiosError: Request failed with status code 503]
          app CLIENT GET 503 ERROR
        app INTERNAL Clients.nestAxios ERROR: Request failed with status code 503
          · exception [AxiosError: Request failed with status code 503]
          app CLIENT GET 503 ERROR
    "
  `);
});

it('rule 13: requests that wait for one connection belong to their callers', async () => {
  const { spans } = await request(app, '/pooled?path=/echo', 3);
  expect(trees(spans)).toMatchInlineSnapshot(`
    "
    app SERVER GET /pooled 200
      app INTERNAL Calls.pooled
        app INTERNAL Clients.http
          app CLIENT GET 200
        app INTERNAL Clients.http
          app CLIENT GET 200
        app INTERNAL Clients.http
          app CLIENT GET 200
    "
  `);
});

it.each([
  ['timedOutFetch', '/silent', 'TimeoutError'],
  ['refusedFetch', '', 'ECONNREFUSED'],
  ['refusedHttp', '', 'ECONNREFUSED'],
  ['timedOutAxios', '/silent', 'ECONNABORTED'],
  ['givenUpHttp', '/silent', 'TypeError'],
  ['hungUpHttp', '/hang-up', 'ECONNRESET'],
  ['hungUpFetch', '/hang-up', 'UND_ERR_SOCKET'],
  ['unknownHost', '/', 'ENOTFOUND'],
  ['tls', '/echo', 'EPROTO'],
])('rule 13: %s %s fails', async (how, path, type) => {
  const { spans } = await request(app, `/call/${how}?path=${path}`);
  expect(client(spans)).toMatchObject({
    status: { code: 'ERROR' },
    attributes: { 'error.type': type },
    events: [{ name: 'exception' }],
  });
});

it.each([
  'abortedFetch',
  'abortedHttp',
  'abortedAxios',
  'leftAxios',
  'destroyedEarly',
  'agentGone',
])('rule 13: %s: that the caller gives a call up is no error', async (how) => {
  const { spans } = await request(app, `/call/${how}?path=/silent`);
  expect(client(spans)).toMatchObject({ status: { code: 'UNSET' }, events: [] });
  expect(client(spans).attributes).not.toHaveProperty('error.type');
});

it('rule 13: but a timeout is one, upon which the app gives the call up', async () => {
  const { spans } = await request(app, '/call/timedOutHttp?path=/silent');
  expect(client(spans)).toMatchObject({
    status: { code: 'ERROR' },
    attributes: { 'error.type': 'timeout' },
  });
});

it.each([
  ['fetch', '/cut', 'UND_ERR_SOCKET'],
  ['http', '/cut', 'ECONNRESET'],
  ['call/cutWhileSending', '/cut', 'ECONNRESET'],
])('rule 13: %s of a response that is cut off fails', async (how, path, type) => {
  const { spans } = await request(app, `/${how}?path=${path}`);
  expect(client(spans)).toMatchObject({
    status: { code: 'ERROR' },
    attributes: { 'http.response.status_code': 200, 'error.type': type },
  });
});

it.each([
  ['unreadFetch', '/echo', 200],
  ['cancelledFetch', '/endless', 200],
  ['cancelledFor', '/endless', 200],
  ['forgottenFetch', '/endless', 200],
  ['destroyedHttp', '/endless', 200],
  ['streamedFetch', '/echo', 200],
  ['streamedHttp', '/echo', 200],
  ['expectsContinue', '/echo', 200],
  ['unheardHttp', '/echo', 200],
  ['notAscii', '/echo', 200],
  ['upgraded', '/', 101],
])('rule 13: %s %s ends its span', async (how, path, status) => {
  const { spans } = await request(app, `/call/${how}?path=${path}`);
  expect(client(spans)).toMatchObject({
    status: { code: 'UNSET' },
    attributes: { 'http.response.status_code': status },
  });
  expect(client(spans).attributes).not.toHaveProperty('error.type');
});

it('rule 13: every way to say where a request goes', async () => {
  const { spans, body } = await request(app, '/call/forms?path=/echo', 6);
  const clients = spans.filter(({ kind }) => kind === 'CLIENT');
  const [{ attributes }] = clients as [Span];
  expect(clients.map((span) => span.name).toSorted()).toEqual([
    ...'GET '.repeat(5).trim().split(' '),
    'PUT',
  ]);
  for (const span of clients) {
    expect(span.attributes).toMatchObject({
      'url.full': `http://127.0.0.1:${String(attributes['server.port'])}/echo`,
      'http.response.status_code': 200,
    });
    expect(body).toContain(`-${span.spanId}-01`);
  }
});

it('rule 13: https has its scheme and port', async () => {
  const { spans, body, traceId } = await request(app, '/call/secure?path=/echo');
  const { attributes, spanId } = client(spans);
  expect(attributes).toMatchObject({
    'url.full': `https://127.0.0.1:${String(attributes['network.peer.port'])}/echo`,
    'server.port': attributes['network.peer.port'],
    'http.response.status_code': 200,
  });
  expect(body).toContain(`00-${traceId}-${spanId}-01`);
});

it('rule 13: the headers that the app gives are not changed', async () => {
  const { body } = await request(app, '/call/sameHeaders?path=/echo');
  expect(JSON.parse(body)).toEqual({ 'x-mine': '1' });
});

it('rule 13: a tunnel is no call, what goes through it is', async () => {
  const { spans, body, traceId } = await request(app, '/call/tunnelled?path=/echo');
  const clients = spans.filter(({ kind }) => kind === 'CLIENT');
  expect(clients.map(({ name }) => name)).toEqual(['GET']);
  expect(body).toContain(`00-${traceId}-${clients[0]?.spanId}-01`);
});

it('rule 12: what comes after a call is in the context of the caller', async () => {
  const { spans, body } = await request(app, '/call/activeAfter?path=/echo', 2);
  const caller = spans.find(({ name }) => name === 'Calls.call');
  expect(new Set(JSON.parse(body) as string[])).toEqual(new Set([caller?.spanId]));
  expect(client(spans).parentSpanId).toBe(caller?.spanId);
});

it.each(['undiciRequest', 'undiciFetch', 'undiciStream', 'undiciPipeline', 'undiciDispatch'])(
  'rule 13: the package undici: %s',
  async (how) => {
    const { spans, body, traceId } = await request(app, `/call/${how}?path=/echo`);
    expect(client(spans)).toMatchObject({
      name: how === 'undiciPipeline' ? 'POST' : 'GET',
      status: { code: 'UNSET' },
      attributes: { 'http.response.status_code': 200, 'network.protocol.version': '1.1' },
    });
    expect(JSON.parse(body)).toMatchObject({
      traceparent: `00-${traceId}-${client(spans).spanId}-01`,
    });
  },
);

it('rule 13: requests that wait in a pool of undici belong to their callers', async () => {
  const { spans } = await request(app, '/call/undiciLimited?path=/echo', 6);
  expect(trees(spans)).toMatchInlineSnapshot(`
    "
    app SERVER GET /call/:how 200
      app INTERNAL Calls.call
        app INTERNAL first
          app CLIENT GET 200
          app CLIENT GET 200
        app INTERNAL second
          app CLIENT GET 200
          app CLIENT GET 200
        app INTERNAL third
          app CLIENT GET 200
          app CLIENT GET 200
    "
  `);
});

it.each(['ownHeaders', 'arrayOfHeaders'])(
  'rule 13: %s: ours stand in the place of those that the app has set',
  async (how) => {
    const { spans, body, traceId } = await request(app, `/call/${how}?path=/echo`);
    expect(JSON.parse(body)).toMatchObject({
      'x-mine': '1',
      traceparent: `00-${traceId}-${client(spans).spanId}-01`,
    });
  },
);

it('rule 13: the URL is the one that is asked for, whatever the Host header and the proxy', async () => {
  const attributes = async (how: string): Promise<Span['attributes']> =>
    client((await request(app, `/call/${how}?path=/echo`)).spans).attributes;
  const virtual = await attributes('virtualHost');
  expect(virtual).toMatchObject({
    'url.full': `http://127.0.0.1:${String(virtual['network.peer.port'])}/echo`,
    'server.address': '127.0.0.1',
    'server.port': virtual['network.peer.port'],
  });
  expect(await attributes('toProxy')).toMatchObject({
    'url.full': 'http://REDACTED:REDACTED@shop.test:81/echo',
    'server.address': 'shop.test',
    'server.port': 81,
    'network.peer.address': '127.0.0.1',
  });
});

it('rule 10, rule 13: secrets of a query are redacted on both sides', async () => {
  const path = encodeURIComponent('/echo?access_token=a&page=2&bad=%zz&X-Amz-Signature=b');
  const { spans } = await request(app, `/fetch?path=${path}&apiKey=c`);
  expect(client(spans).attributes['url.full']).toMatch(
    /\/echo\?access_token=REDACTED&page=2&bad=%zz&X-Amz-Signature=REDACTED$/,
  );
  const server = spans.find(({ kind }) => kind === 'SERVER');
  // Also those of a URL that is a value.
  expect(server?.attributes['url.query']).toBe(
    `path=${path.replace('n%3Da', 'n%3DREDACTED').replace('e%3Db', 'e%3DREDACTED')}&apiKey=REDACTED`,
  );
});

it('rule 13: a request without a trace begins one', async () => {
  const roots = (spans: readonly Span[]): Span[] =>
    spans.filter(({ attributes }) => String(attributes['url.full']).endsWith('/at-start'));
  await app.receiver.waitFor((spans) => roots(spans).length > 0);
  expect(tree(roots(app.receiver.spans))).toMatchInlineSnapshot(`
    "
    app CLIENT GET 200
    "
  `);
});

it('rule 22: what is never answered or read ends with the app; our own export is not traced', async () => {
  await using leaving = await TracedApp.start('outgoing-app');
  for (const how of ['leftFetch', 'leftHttp']) await leaving.fetch(`/call/${how}?path=/silent`);
  for (const how of ['unreadFetch', 'unreadHttp']) {
    await leaving.fetch(`/call/${how}?path=/endless`);
  }
  expect(await leaving.stop()).toBe('SIGTERM');
  const calls = leaving.receiver.spans.filter(({ kind }) => kind === 'CLIENT');
  const told = calls.map(({ attributes, status }) => {
    const path = new URL(String(attributes['url.full'])).pathname;
    return `${path} ${status.code} ${String(attributes['error.type'])}`;
  });
  expect(told.toSorted()).toEqual([
    '/at-start UNSET undefined',
    '/endless UNSET undefined',
    '/endless UNSET undefined',
    '/silent ERROR aborted',
    '/silent ERROR aborted',
  ]);
});

it.each([{ backend: 'none' }, { sampling: 'dormant' }] as const)(
  'rule 26: with %j a trace passes through, and nothing else',
  async (options) => {
    const env = { OPTIONS: JSON.stringify(options) };
    await using silent = await TracedApp.start('outgoing-app', { env });
    const { traceId } = newTrace();
    for (const how of ['fetch', 'http', 'axios']) {
      const traceparent = `00-${traceId}-00000000000000bb-00`;
      const passed = await silent.fetch(`/${how}?path=/echo`, {
        headers: { traceparent, baggage: 'a=1' },
      });
      expect(await passed.json()).toMatchObject({
        traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`)),
        baggage: 'a=1',
      });
      const nothing: unknown = await (await silent.fetch(`/${how}?path=/echo`)).json();
      expect(nothing).not.toHaveProperty('traceparent');
      expect(nothing).not.toHaveProperty('baggage');
    }
    await silent.stop();
    expect(silent.receiver.spans).toEqual([]);
  },
);

it('rule 29: under an ignored request the unsampled context goes out', async () => {
  const { traceId, traceparent } = newTrace();
  const response = await app.fetch('/health?path=/echo', { headers: { traceparent } });
  expect(await response.json()).toMatchObject({
    traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`)),
  });
  expect(app.receiver.spansOfTrace(traceId)).toEqual([]);
});

it.each([
  [['127.0.0.1'], true],
  [['shop.test'], false],
])(
  'propagateTo %j: the headers go to these hosts only, the spans are there',
  async (to, isSent) => {
    const env = { OPTIONS: JSON.stringify({ propagateTo: to }) };
    await using careful = await TracedApp.start('outgoing-app', { env });
    for (const how of ['fetch', 'http', 'axios']) {
      const { body, spans } = await request(careful, `/${how}?path=/echo`);
      expect('traceparent' in (JSON.parse(body) as object)).toBe(isSent);
      expect(client(spans).attributes).toMatchObject({ 'http.response.status_code': 200 });
    }
  },
);

it('where tracing is suppressed there are no spans and no headers', async () => {
  const { spans, body } = await request(app, '/call/suppressed?path=/echo', 0);
  expect(body).not.toContain('traceparent');
  expect(spans.filter(({ kind }) => kind === 'CLIENT')).toEqual([]);
});

it('the handshake of a WebSocket carries the context of the caller', async () => {
  const { spans, body } = await request(app, '/call/webSocket?path=/', 0);
  const caller = spans.find(({ name }) => name === 'Calls.call');
  expect(JSON.parse(body)).toMatchObject({
    traceparent: expect.stringContaining(caller?.spanId ?? 'none'),
  });
  expect(spans.filter(({ kind }) => kind === 'CLIENT')).toEqual([]);
});
