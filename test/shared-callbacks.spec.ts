import type { Span } from '@shop/otlp';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calls, startCallsApp } from './support/calls-app.ts';
import { TracedApp } from './support/traced-app.ts';
import { treeOfApp } from './support/tree-of-app.ts';
import { newTrace } from './support/tree.ts';

describe.each(['express', 'fastify'])('rule 31: %s', (ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('shared-callbacks-app', { env: { ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const places = ADAPTER === 'express' ? ['app', 'nest', 'instance'] : ['nest', 'hook'];
  const ways = places.flatMap((place) => [`${place} pooled`, `${place} batched`]);

  it.each(ways)('a request whose middleware answers from elsewhere: %s', async (way) => {
    const spans = await app.trace('/o/1', { headers: { 'x-later': way } });
    expect(treeOfApp(spans)).toMatchInlineSnapshot(`
      "
      app SERVER GET /o/:id 200
        app INTERNAL C.o
          · info in
          app INTERNAL Work.run
            · info working
      "
    `);
    const ids = (): unknown[] => linesOf(app, spans, 'in').map(({ span_id }) => span_id);
    await expect.poll(ids).toEqual([spans.find(({ name }) => name === 'C.o')?.spanId]);
  });

  it.each(ways)('what it throws is recorded on its own span: %s', async (way) => {
    const later = way.replace(' ', '-error ');
    const [broken, whole] = await Promise.all([
      app.trace('/o/1', { headers: { 'x-later': later } }),
      app.trace('/o/2', { headers: { 'x-later': way } }),
    ]);
    expect(treeOfApp(broken)).toMatchInlineSnapshot(`
      "
      app SERVER GET 500 ERROR
        · exception [TypeError: broken in middleware]
        · error broken in middleware [TypeError: broken in middleware]
      "
    `);
    expect(treeOfApp(whole)).toMatchInlineSnapshot(`
      "
      app SERVER GET /o/:id 200
        app INTERNAL C.o
          · info in
          app INTERNAL Work.run
            · info working
      "
    `);
  });

  it('requests that wait for one another keep their routes, handlers and errors', async () => {
    const headers = { 'x-later': 'nest batched' };
    const [slow, quick] = await Promise.all([
      app.trace('/slow/1', { headers }),
      app.trace('/quick/2', { headers }),
    ]);
    expect(treeOfApp(slow)).toMatchInlineSnapshot(`
      "
      app SERVER GET /slow/:id 200
        app INTERNAL C.slow
          app INTERNAL Work.run
            · info working
      "
    `);
    expect(treeOfApp(quick)).toMatchInlineSnapshot(`
      "
      app SERVER GET /quick/:id 500 ERROR
        · error too quick [TypeError: too quick]
        app INTERNAL C.quick ERROR: too quick
          · exception [TypeError: too quick]
      "
    `);
  });

  it('what Nest runs for a request, while requests share the callbacks of their interceptors', async () => {
    const ask = async (path: string): Promise<string> => {
      const [spans] = await Promise.all([app.trace(path), app.trace('/intercepted/2')]);
      return treeOfApp(spans);
    };
    expect(await ask('/guarded')).toMatchInlineSnapshot(`
      "
      app SERVER GET /guarded 200
        app INTERNAL Work.run
          · info working
        app INTERNAL C.guarded
          app INTERNAL Work.run
            · info working
      "
    `);
    expect(await ask('/intercepted/1')).toMatchInlineSnapshot(`
      "
      app SERVER GET /intercepted/:id 200
        app INTERNAL C.intercepted
          app INTERNAL Work.run
            · info working
        app INTERNAL Work.run
          · info working
      "
    `);
    expect(await ask('/filtered')).toMatchInlineSnapshot(`
      "
      app SERVER GET /filtered 409
        app INTERNAL C.filtered ERROR: expected
          · exception [RangeError: expected]
        app INTERNAL Work.run
          · info working
      "
    `);
  });

  it('listeners of the request and the response', async () => {
    const headers = { 'content-type': 'application/octet-stream' };
    const init = { method: 'POST', headers, body: Buffer.alloc(200_000) };
    const spans = await app.traceOf(3, '/events', init);
    expect(treeOfApp(spans)).toMatchInlineSnapshot(`
      "
      app SERVER POST /events 201
        · info end
        app INTERNAL C.events
        app INTERNAL Work.run
          · info working
      "
    `);
    await expect.poll(() => linesOf(app, spans, 'end')).toHaveLength(1);
    const finished = await app.trace('/finished');
    await expect.poll(() => linesOf(app, finished, 'finished')).toHaveLength(1);
  });

  it.runIf(ADAPTER === 'express')('a body that middleware reads by itself', async () => {
    const init = { method: 'POST', body: Buffer.alloc(200_000) };
    expect(treeOfApp(await app.trace('/raw-body', init))).toMatchInlineSnapshot(`
        "
        app SERVER POST /raw-body 201
          app INTERNAL C.rawBody
            app INTERNAL Work.run
              · info working
        "
      `);
  });

  it.runIf(ADAPTER === 'express')('a file that a storage engine reads', async () => {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(200_000)]), 'file.bin');
    const spans = await app.trace('/upload', { method: 'POST', body });
    expect(treeOfApp(spans)).toMatchInlineSnapshot(`
        "
        app SERVER POST /upload 201
          app INTERNAL C.upload
            app INTERNAL Work.run
              · info working
        "
      `);
  });

  it.each(ways)('what is not to be recorded is not: %s', async (way) => {
    const unsampled = newTrace();
    const ignored = newTrace();
    const headers = { 'x-later': way };
    const ask = (path: string, traceparent: string): Promise<Response> =>
      app.fetch(path, { headers: { ...headers, traceparent } });
    await Promise.all([
      ask('/o/1', unsampled.traceparent.replace(/01$/, '00')),
      ask('/health', ignored.traceparent),
      // In whose context the others may come back.
      app.trace('/o/2', { headers }),
    ]);
    await app.trace('/o/3');
    expect(app.receiver.spansOfTrace(unsampled.traceId)).toEqual([]);
    expect(app.receiver.spansOfTrace(ignored.traceId)).toEqual([]);
    const lines = (): string[] =>
      app.lines
        .filter(({ trace_id }) => trace_id === unsampled.traceId)
        .map(({ msg, trace_flags }) => `${msg} ${trace_flags}`);
    await expect.poll(lines).toEqual(expect.arrayContaining(['in 00', 'working 00']));
  });

  it('while nothing is recorded, ids stay with their request', async () => {
    const env = { ADAPTER, TRACING_SAMPLING: 'dormant' };
    await using dormant = await TracedApp.start('shared-callbacks-app', { env });
    const headers = { 'x-later': 'nest batched' };
    const { traceId, traceparent } = newTrace();
    await Promise.all([
      dormant.fetch('/o/1', { headers: { ...headers, traceparent } }),
      dormant.fetch('/o/2', { headers }),
    ]);
    const ids = (): unknown[] =>
      dormant.lines.filter(({ msg }) => msg === 'in').map(({ trace_id }) => trace_id);
    await expect.poll(() => ids().toSorted()).toEqual([traceId, undefined]);
    await dormant.stop();
    expect(dormant.receiver.spans.map(({ name }) => name).toSorted()).toEqual([
      'C.o',
      'GET /o/:id',
      'Work.run',
    ]);
  });
});

function linesOf(app: TracedApp, [span]: readonly Span[], message: string) {
  return app.lines.filter(({ msg, trace_id }) => msg === message && trace_id === span?.traceId);
}

describe.each(['none', 'waits'])('rule 31: start hook of the app: %s', (START_HOOK) => {
  let app: TracedApp;
  beforeAll(async () => {
    const env = { TCP_PORT: await freePort(), START_HOOK };
    app = await startCallsApp(env, 'shared-callbacks-calls-app');
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const ask = async (method: string): Promise<string> => {
    const texts = ['one', 'two', 'fail'];
    return calls(...(await Promise.all(texts.map((text) => app.trace(`/${method}/${text}`)))));
  };

  it.each(['Unary', 'Download', 'Chat'])(
    'gRPC calls that wait for one another: %s',
    async (name) => {
      const trees = await ask(name.toLowerCase());
      expect(trees.replaceAll(new RegExp(name, 'gi'), 'Method')).toMatchInlineSnapshot(`
        "
          · info request completed
          app INTERNAL Pages.Method
            app CLIENT calls.Calls/Method OK
              app SERVER calls.Calls/Method OK
                app INTERNAL Answers.Method
                  app INTERNAL Work.run
                    · info working on one
          · info request completed
          app INTERNAL Pages.Method
            app CLIENT calls.Calls/Method OK
              app SERVER calls.Calls/Method OK
                app INTERNAL Answers.Method
                  app INTERNAL Work.run
                    · info working on two
          · error 2 UNKNOWN: Internal server error [Error: 2 UNKNOWN: Internal server error]
          · info request errored [Error: failed with status code 500]
          app INTERNAL Pages.Method ERROR: 2 UNKNOWN: Internal server error
            · exception [Error: 2 UNKNOWN: Internal server error]
            app CLIENT calls.Calls/Method UNKNOWN ERROR: Internal server error
              app SERVER calls.Calls/Method UNKNOWN ERROR: Internal server error
                · error out of order [TypeError: out of order]
                app INTERNAL Answers.Method ERROR: out of order
                  app INTERNAL Work.run ERROR: out of order
                    · exception [TypeError: out of order]
        "
      `);
    },
  );

  it('messages that wait for one another', async () => {
    expect(await ask('message')).toMatchInlineSnapshot(`
      "
        · info request completed
        app INTERNAL Pages.message
          app CLIENT work
            app SERVER work
              app INTERNAL Answers.message
                app INTERNAL Work.run
                  · info working on one
        · info request completed
        app INTERNAL Pages.message
          app CLIENT work
            app SERVER work
              app INTERNAL Answers.message
                app INTERNAL Work.run
                  · info working on two
        · error log
        · info request errored [Error: failed with status code 500]
        app INTERNAL Pages.message ERROR: Internal server error
          · exception [Object: Internal server error]
          app CLIENT work ERROR: Internal server error
            app SERVER work ERROR: Internal server error
              · error out of order [TypeError: out of order]
              app INTERNAL Answers.message ERROR: out of order
                app INTERNAL Work.run ERROR: out of order
                  · exception [TypeError: out of order]
      "
    `);
  });
});
