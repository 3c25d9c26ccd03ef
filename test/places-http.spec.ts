import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

const book = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ title: 'Emma' }),
};

describe.each([
  ['on', 'express'],
  ['off', 'express'],
  ['on', 'fastify'],
])('handler spans %s, %s', (HANDLER_SPANS, ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-http-app', { env: { HANDLER_SPANS, ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const told = async (path: string, init?: RequestInit): Promise<unknown> =>
    (await app.fetch(path, init)).json();
  /** Without the lines of nestjs-pino's request logging, which Fastify has not. */
  const drawn = async (path: string, init?: RequestInit): Promise<string> =>
    tree(await app.trace(path, init)).replaceAll(/^.*· info request .*\n/gm, '');

  it.each(['traced', 'method'])(
    'rule 5: status, headers and the type of a body: %s',
    async (way) => {
      const response = await app.fetch(`/${way}`, book);
      expect([response.status, response.headers.get('x-kind')]).toEqual([202, 'book']);
      expect(await response.json()).toEqual({ title: 'Emma', isBook: true });
    },
  );

  it.each([
    ['traced', '/traced/by-number/1'],
    ['method', '/method/elsewhere'],
  ])('rule 5: a redirect, of the decorator or of the handler: %s', async (way, target) => {
    const response = await app.fetch(`/${way}/moved`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([307, target]);
  });

  it.each(['traced', 'method'])('rule 5: versions of a route: %s', async (way) => {
    const path = `/${way}/versioned`;
    const second = await app.fetch(path, { headers: { 'x-version': '2' } });
    expect([(await app.fetch(path)).status, await second.text()]).toEqual([404, 'second']);
  });

  it('rules 1, 5: pipes of the app and of a method', async () => {
    expect(await told('/traced/by-number/7')).toEqual({ n: 7, type: 'number' });
    expect(await drawn('/traced/by-number/7')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/by-number/:n 200
        app INTERNAL TypesPipe.transform
        app INTERNAL PositivePipe.transform
        app INTERNAL Books.byNumber
      "
    `);
    expect(await drawn('/traced/by-number/0')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/by-number/:n 400
        app INTERNAL TypesPipe.transform
        app INTERNAL PositivePipe.transform 400
      "
    `);
  });

  it('rule 2: an interceptor lasts as long as its Observable, with the handler inside', async () => {
    expect(await told('/traced/enveloped')).toEqual({ data: 'letter' });
    expect(await drawn('/traced/enveloped')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/enveloped 200
        app INTERNAL Envelope.intercept
          · info enveloped
          app INTERNAL Books.enveloped
      "
    `);
  });

  it('rule 2: an interceptor that promises an Observable, around another', async () => {
    expect(await told('/traced/patient')).toEqual({ data: 'letter' });
    const tree = await drawn('/traced/patient');
    // The promise has settled before its Observable is subscribed to: by less than the mark sees, or more.
    expect(tree.replace(' (started after its parent had ended)', '')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/patient 200
        app INTERNAL Patience.intercept
          app INTERNAL Envelope.intercept
            · info enveloped
            app INTERNAL Books.patient
      "
    `);
  });

  it('rules 2, 3: an interceptor that tries again has every try inside', async () => {
    expect(await drawn('/traced/again')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/again 200
        app INTERNAL Again.intercept
          app INTERNAL Books.again ERROR: not yet
            · exception [Error: not yet]
          app INTERNAL Books.again
      "
    `);
  });

  it('rules 1, 5: an exception filter catches what it is for', async () => {
    const response = await app.fetch('/traced/taken/Emma');
    expect([response.status, await response.json()]).toEqual([409, { taken: 'Emma' }]);
    expect(await drawn('/traced/taken/Emma')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/taken/:title 409
        app INTERNAL TypesPipe.transform
        app INTERNAL Books.taken ERROR: Emma
          · exception [Error: Emma]
        app INTERNAL TakenFilter.catch
      "
    `);
  });

  it.each(['traced', 'method'])('rule 2: server-sent events, to their end: %s', async (way) => {
    const response = await app.fetch(`/${way}/few`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect((await response.text()).match(/^data: .*$/gm)).toEqual([
      'data: {"data":1}',
      'data: {"data":2}',
    ]);
    expect((await app.trace(`/${way}/few`)).map(({ name }) => name)).toHaveLength(2);
  });

  it('rule 2: endless events end with the client', async () => {
    const { traceId, traceparent } = newTrace();
    const left = new AbortController();
    const response = await app.fetch('/traced/endless', {
      headers: { traceparent },
      signal: left.signal,
    });
    const reader = response.body!.getReader();
    await reader.read();
    expect(app.receiver.spansOfTrace(traceId)).toEqual([]);
    left.abort();
    await app.receiver.waitFor(
      (spans) => spans.filter((span) => span.traceId === traceId).length === 2,
    );
    expect(
      app.receiver.spansOfTrace(traceId).map(({ name, status }) => [name, status.code]),
    ).toContainEqual(['Books.endless', 'UNSET']);
  });

  it('rule 5: a response that the handler touches, or answers itself', async () => {
    const response = await app.fetch('/traced/passthrough');
    expect([response.headers.get('x-pass'), await response.text()]).toEqual(['through', 'passed']);
    expect(await (await app.fetch('/traced/by-hand')).text()).toBe('by hand');
  });

  it('rules 1, 2: middleware has a span, and what it lets in runs inside', async () => {
    expect((await app.fetch('/traced/door')).headers.get('x-door')).toBe('open');
    expect(await drawn('/traced/door')).toMatchInlineSnapshot(`
      "
      app SERVER GET /traced/door 200
        app INTERNAL Doorman.use
          · info seen at the door
          app INTERNAL Books.door
      "
    `);
  });
});
