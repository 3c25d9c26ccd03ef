import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverSpan } from './support/server-span.ts';
import { TracedApp } from './support/traced-app.ts';
import { treeOfApp } from './support/tree-of-app.ts';

describe.each(['express', 'fastify'])('%s', (ADAPTER) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('http-server-app', { env: { ADAPTER } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** A trace without the lines of Nest's own logger, and what the server span says of the error. */
  async function told(path: string, init?: RequestInit): Promise<string> {
    const spans = await app.trace(path, init);
    const lines = treeOfApp(spans)
      .split('\n')
      .filter((line) => !/^\s+· error /.test(line));
    const type = serverSpan(spans).attributes['error.type'];
    return lines.join('\n') + (type === undefined ? '' : `error.type ${type}\n`);
  }

  it('rules 3, 10: what a guard throws is told on the server span', async () => {
    expect(await told('/faults/guard/breaks')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/guard/breaks 500 ERROR
        · exception [TypeError: the guard is broken]
      error.type TypeError
      "
    `);
  });

  it('rules 3, 10: what a pipe throws is told on the server span', async () => {
    expect(await told('/faults/pipe/breaks/1')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/pipe/breaks/:id 500 ERROR
        · exception [RangeError: the pipe is broken]
      error.type RangeError
      "
    `);
  });

  it('rules 3, 10: what an interceptor throws before the handler is told on the server span', async () => {
    expect(await told('/faults/interceptor/before')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/interceptor/before 500 ERROR
        · exception [Error: the interceptor is broken]
      error.type Error
      "
    `);
  });

  it('rules 3, 10: what an interceptor throws after the handler is told on the server span', async () => {
    expect(await told('/faults/interceptor/after')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/interceptor/after 500 ERROR
        · exception [Error: the answer is broken]
        app INTERNAL Faults.after
      error.type Error
      "
    `);
  });

  it('rules 3, 10: so is what it throws then that is no error', async () => {
    expect(await told('/faults/interceptor/text')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/interceptor/text 500 ERROR
        · exception [string: a text of the interceptor]
        app INTERNAL Faults.textAfter
      error.type string
      "
    `);
    expect(await told('/faults/interceptor/undefined')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/interceptor/undefined 500 ERROR
        · exception [undefined: undefined]
        app INTERNAL Faults.undefinedAfter
      error.type undefined
      "
    `);
    expect(await told('/faults/guard/text')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/guard/text 500 ERROR
        · exception [string: a text of the guard]
      error.type string
      "
    `);
  });

  it('rules 3, 10: what middleware throws or passes on is recorded on the server span', async () => {
    expect(await told('/middleware/breaks')).toMatchInlineSnapshot(`
      "
      app SERVER GET 500 ERROR
        · exception [EvalError: the middleware is broken]
      error.type EvalError
      "
    `);
    expect(await told('/middleware/hands-on')).toMatchInlineSnapshot(`
      "
      app SERVER GET 500 ERROR
        · exception [EvalError: handed on]
      error.type EvalError
      "
    `);
  });

  it('rule 3: what the handler throws is recorded once, on its span', async () => {
    expect(await told('/faults/handler/async')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/handler/async 500 ERROR
        app INTERNAL Faults.later ERROR: too late
          · exception [TypeError: too late]
      error.type TypeError
      "
    `);
    expect(await told('/faults/handler/text')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/handler/text 500 ERROR
        app INTERNAL Faults.text ERROR: just a text
          · exception [string: just a text]
      error.type string
      "
    `);
  });

  it('rule 3: so is a text that its Observable throws', async () => {
    expect(await told('/faults/handler/text-later')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/handler/text-later 500 ERROR
        app INTERNAL Faults.textLater ERROR: a later text
          · exception [string: a later text]
      error.type string
      "
    `);
  });

  it('rule 3: what a filter throws is told on the server span, beside what it was to answer', async () => {
    expect(await told('/faults/filter/breaks')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/filter/breaks 500 ERROR
        · exception [SyntaxError: the filter is broken]
        app INTERNAL Faults.filter ERROR: the first
          · exception [Error: the first]
      error.type SyntaxError
      "
    `);
  });

  it('rule 10: an exception that a filter answers with a 4xx is no error of the request', async () => {
    expect(await told('/faults/filter/answers')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/filter/answers 418
        app INTERNAL Faults.teapot ERROR: short and stout
          · exception [Teapot: short and stout]
      "
    `);
  });

  it.each([
    ['/faults/guard/refuses', 403],
    ['/faults/pipe/refuses/x', 400],
    ['/faults/handler/expected', 400],
  ])('rule 4: what is refused is no error: %s', async (path, status) => {
    const span = serverSpan(await app.trace(path));
    expect(span.status.code).toBe('UNSET');
    expect(span.events.filter((event) => event.name === 'exception')).toEqual([]);
    expect(span.attributes['error.type']).toBeUndefined();
    expect(span.attributes['http.response.status_code']).toBe(status);
  });

  it('rule 4: a body that cannot be read is no error', async () => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers };
    expect(await told('/answers/body', { ...init, body: '{nonsense' })).not.toContain('ERROR');
    const text = 'x'.repeat(1_100_000);
    expect(await told('/answers/body', { ...init, body: JSON.stringify({ text }) })).not.toContain(
      'ERROR',
    );
  });

  it('an interceptor that answers in the place of the handler leaves the server span alone', async () => {
    expect(await told('/faults/interceptor/answers')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/interceptor/answers 200
      "
    `);
  });

  it('what nobody catches reaches the process as without the library', async () => {
    const unhandled = new Promise((resolve) => app.process.once('message', resolve));
    expect(await told('/faults/detached')).toMatchInlineSnapshot(`
      "
      app SERVER GET /faults/detached 200
        app INTERNAL Faults.detached
      "
    `);
    expect(await unhandled).toEqual({ unhandled: 'nobody catches this' });
  });
});

it.each(['jaeger', 'xray'])(
  'rule 3: the error that pino-http makes up for its line is no exception of the span: %s',
  async (TRACING_BACKEND) => {
    await using app = await TracedApp.start('http-server-app', { env: { TRACING_BACKEND } });
    const span = serverSpan(await app.trace('/faults/guard/breaks'));
    expect(app.lines.find(({ msg }) => msg === 'request errored')).toMatchObject({
      err: { message: 'failed with status code 500' },
    });
    expect(span.attributes['error.type']).toBe('TypeError');
    const exceptions = span.events.filter(({ name }) => name === 'exception');
    // On X-Ray's spans the line of Nest's logger is one too: other events are dropped there.
    expect(new Set(exceptions.map(({ attributes }) => attributes['exception.type']))).toEqual(
      new Set(['TypeError']),
    );
  },
);
