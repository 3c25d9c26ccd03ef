import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { fixturePath, TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

const preload = (fixture: string): string[] => [
  '--import',
  pathToFileURL(fixturePath(fixture)).href,
];
const messages = (app: TracedApp): string[] =>
  app.lines.filter((line) => line.context === 'TracingModule').map((line) => line.msg ?? '');

it('a provider that the app registered before is kept: our spans go its way', async () => {
  const env = { WITHOUT_HTTP: 'true' };
  await using app = await TracedApp.start('service-app', { env, node: preload('own-tracing') });
  expect(tree(await app.trace('/count'))).toMatchInlineSnapshot(`
    "
    theirs SERVER GET /count 200
      · info request completed
      theirs INTERNAL Pages.count
        theirs INTERNAL Shelf.count
          theirs INTERNAL looking
    "
  `);
  expect(messages(app)).toEqual([
    expect.stringContaining(
      'spans go to the tracer provider that was registered before TracingModule, so no exporter is started',
    ),
  ]);
});

it('where its instrumentation makes the server span, ours are below it in one trace', async () => {
  await using app = await TracedApp.start('service-app', { node: preload('own-tracing') });
  const { traceId, traceparent } = newTrace();
  for (const headers of [{ traceparent }, {}]) await app.fetch('/count', { headers });
  const isDone = (name: string) => (spans: readonly { name: string }[]) =>
    spans.filter((span) => span.name === name).length === 2;
  await app.receiver.waitFor(isDone('GET /count'));
  // The clock of their spans is cut to milliseconds.
  const drawn = tree(app.receiver.spansOfTrace(traceId)).replaceAll(/ \(started after .*\)/g, '');
  expect(drawn).toMatchInlineSnapshot(`
    "
    theirs SERVER GET /count 200
      · info request completed
      theirs INTERNAL Pages.count
        theirs INTERNAL Shelf.count
          theirs INTERNAL looking
    "
  `);
  const others = app.receiver.spans.filter((span) => span.traceId !== traceId);
  expect(new Set(others.map((span) => span.traceId)).size).toBe(1);
});

it('what its provider has decided already is told, where the options say otherwise', async () => {
  const env = { OPTIONS: JSON.stringify({ sampling: 0.5, resource: { a: 1 } }) };
  await using app = await TracedApp.start('options-app', { env, node: preload('own-tracing') });
  await expect
    .poll(() => messages(app)[0])
    .toBe(
      'The app uses a tracer provider that was registered before TracingModule, so these options of ' +
        'TracingModule.forRoot() have no effect: sampling, resource. Configure them on that provider.',
    );
});

it.each(['tracer', 'propagator'])(
  'an older copy of the API that registers a %s first is told, and the app runs',
  async (REGISTERS) => {
    await using app = await TracedApp.start('service-app', {
      env: { REGISTERS },
      node: preload('old-api'),
    });
    expect(await (await app.fetch('/count')).text()).toBe('3');
    await expect
      .poll(() => messages(app))
      .toEqual([
        expect.stringContaining('Another copy of @opentelemetry/api, version 1.9.'),
        expect.stringContaining('Tracing is off'),
      ]);
    expect(app.receiver.spans).toEqual([]);
  },
);
