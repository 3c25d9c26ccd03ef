import { Agent, get } from 'node:http';
import { once } from 'node:events';
import { json, text } from 'node:stream/consumers';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawConnection } from './support/raw-connection.ts';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('http-server-app', { env: { ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** Waits for the server spans of traces; there is one of each. */
  async function serverSpans(traceIds: readonly string[], from = app): Promise<Span[]> {
    const of = (spans: readonly Span[]): Span[] =>
      spans.filter((span) => span.kind === 'SERVER' && traceIds.includes(span.traceId));
    return of(await from.receiver.waitFor((spans) => of(spans).length >= traceIds.length));
  }

  it('rule 10: requests of one connection have nothing of each other', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (headers: Record<string, string>): Promise<string> => {
      const request = get(`${app.url}/answers/ids`, { agent, headers });
      const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
      return ((await json(response)) as { traceId: string }).traceId;
    };
    const traces = Array.from({ length: 20 }, newTrace);
    for (const { traceId, traceparent } of traces) {
      expect(await ask({ traceparent })).toBe(traceId);
    }
    const own = await Promise.all(traces.map(() => ask({})));
    expect(new Set([...own, ...traces.map(({ traceId }) => traceId)]).size).toBe(40);
    agent.destroy();
  });

  it('rule 10: so have pipelined ones, and each ends its span', async () => {
    const traces = Array.from({ length: 20 }, newTrace);
    using connection = await RawConnection.open(app.url);
    for (const { traceparent } of traces) connection.head(request('/answers/ids', traceparent));
    const answers = await connection.receives(
      (all) => all.includes(traces.at(-1)!.traceId) && all.endsWith('}'),
    );
    const positions = traces.map(({ traceId }) => answers.indexOf(traceId));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    const spans = await serverSpans(traces.map(({ traceId }) => traceId));
    expect(spans).toHaveLength(20);
    expect(spans.every((span) => span.attributes['http.response.status_code'] === 200)).toBe(true);
    // Node would warn of too many listeners.
    expect(app.errors).not.toContain('MaxListeners');
  });

  it('rule 10: pipelined requests end with the connection, also those whose turn never came', async () => {
    const traces = Array.from({ length: 15 }, newTrace);
    const connection = await RawConnection.open(app.url);
    const arrived = messages(app, traces.length);
    for (const { traceparent } of traces) {
      connection.head([...request('/answers/slow', traceparent), 'x-wait: 600000']);
    }
    await arrived;
    connection.close();
    const spans = await serverSpans(traces.map(({ traceId }) => traceId));
    expect(spans).toHaveLength(15);
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(
      traces.map(() => 'aborted'),
    );
    expect(app.errors).not.toContain('MaxListeners');
  });

  it('rule 10: a request that is never all sent ends with its connection', async () => {
    const { traceId, traceparent } = newTrace();
    const connection = await RawConnection.open(app.url);
    connection.head([
      ...request('/answers/body', traceparent, 'POST'),
      'content-type: application/json',
      'content-length: 100',
      'expect: 100-continue',
    ]);
    await connection.receives((all) => all.includes('100 Continue'));
    connection.write('{"text":');
    connection.close();
    const [span] = await serverSpans([traceId]);
    expect(span?.attributes['error.type']).toBe('aborted');
    expect(span?.status.code).toBe('ERROR');
  });

  it.each([
    ['/answers/file/endless', 'ERROR', 'aborted'],
    // For a stream of events it is the way to end.
    ['/answers/events', 'UNSET', undefined],
    ['/answers/own-events', 'UNSET', undefined],
  ])('rule 10: what is streamed ends when the client goes: %s, %s', async (path, code, type) => {
    const { traceId, traceparent } = newTrace();
    const abort = new AbortController();
    const headers = { traceparent };
    const response = await app.fetch(path, { headers, signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    const [span] = await serverSpans([traceId]);
    expect(span).toMatchObject({
      name: `GET ${path}`,
      status: { code },
      attributes: { 'http.response.status_code': 200 },
    });
    expect(span?.attributes['error.type']).toBe(type);
  });

  it('rule 10: a request to upgrade that nobody takes is a request like any other', async () => {
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(app.url);
    connection.head([
      'GET /answers/ids HTTP/1.1',
      'host: a.test',
      'connection: upgrade',
      'upgrade: websocket',
      `traceparent: ${traceparent}`,
    ]);
    expect(await connection.receives((all) => all.endsWith('}'))).toContain('200 OK');
    const [span] = await serverSpans([traceId]);
    expect(span?.name).toBe('GET /answers/ids');
  });

  it('rule 10: a request that is upgraded leaves HTTP, and no span is begun', async () => {
    const env = { ADAPTER, UPGRADES: 'yes' };
    await using upgrading = await TracedApp.start('http-server-app', { env });
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(upgrading.url);
    connection.head([
      ...request('/answers/ids', traceparent),
      'connection: upgrade',
      'upgrade: websocket',
    ]);
    await connection.receives((all) => all.includes('101 Switching'));
    await upgrading.trace('/answers/ids');
    expect(upgrading.receiver.spansOfTrace(traceId)).toEqual([]);
  });

  it('rule 10: informational responses come before the one that counts', async () => {
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(app.url);
    const body = '{"text":"abc"}';
    connection.head([
      ...request('/answers/body', traceparent, 'POST'),
      'content-type: application/json',
      `content-length: ${body.length}`,
      'expect: 100-continue',
    ]);
    await connection.receives((all) => all.includes('100 Continue'));
    connection.write(body);
    await connection.receives((all) => all.includes('200 OK'));
    const [span] = await serverSpans([traceId]);
    expect(span?.attributes).toMatchObject({ 'http.response.status_code': 200 });

    const hinted = newTrace();
    connection.head(request('/answers/hints', hinted.traceparent));
    const answers = await connection.receives((all) => all.includes(hinted.traceId));
    expect(answers).toContain('103 Early Hints');
    const [other] = await serverSpans([hinted.traceId]);
    expect(other?.attributes).toMatchObject({ 'http.response.status_code': 200 });
  });

  it('rules 10, 22: a request under way when the app closes is answered, and its span is sent', async () => {
    await using closing = await TracedApp.start('http-server-app', { env: { ADAPTER } });
    const { traceId, traceparent } = newTrace();
    const arrived = messages(closing, 1);
    const headers = { traceparent, 'x-wait': '200', connection: 'close' };
    const answer = get(`${closing.url}/answers/slow`, { headers });
    await arrived;
    closing.process.send('close');
    const [response] = (await once(answer, 'response')) as [NodeJS.ReadableStream];
    expect(await text(response)).toContain(traceId);
    expect(await closing.exit).toBe(0);
    const [span] = await serverSpans([traceId], closing);
    expect(span?.attributes['http.response.status_code']).toBe(200);
    expect(span?.attributes['error.type']).toBeUndefined();
  });

  it('rules 10, 22: a request that the app cuts off as it closes is aborted, and its span is sent', async () => {
    const env = { ADAPTER, FORCE_CLOSE: 'yes' };
    await using closing = await TracedApp.start('http-server-app', { env });
    const { traceId, traceparent } = newTrace();
    using connection = await RawConnection.open(closing.url);
    const arrived = messages(closing, 1);
    connection.head([...request('/answers/slow', traceparent), 'x-wait: 600000']);
    await arrived;
    closing.process.send('close');
    const [span] = await serverSpans([traceId], closing);
    expect(span?.attributes['error.type']).toBe('aborted');
    expect('http.response.status_code' in span!.attributes).toBe(false);
  });
});

function request(path: string, traceparent: string, method = 'GET'): string[] {
  return [`${method} ${path} HTTP/1.1`, 'host: a.test', `traceparent: ${traceparent}`];
}

/** Resolves once the app has told so many times that a request has arrived. */
function messages(app: TracedApp, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const see = (): void => {
      if (++seen < count) return;
      app.process.off('message', see);
      resolve();
    };
    app.process.on('message', see);
  });
}
