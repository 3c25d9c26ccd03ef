import { pathToFileURL } from 'node:url';
import type { Span } from '@shop/otlp';
import { expect, it } from 'vitest';
import { fixturePath, TracedApp } from './support/traced-app.ts';
import { newTrace, tree } from './support/tree.ts';

const HTTP = '@opentelemetry/instrumentation-http';
const UNDICI = '@opentelemetry/instrumentation-undici';
const OURS = 'nestjs-tracing';

const asGuest = ['--import', pathToFileURL(fixturePath('own-tracing')).href];

/** Who has made the spans of requests: there is one of each, and the next service stands below it. */
async function makers(app: TracedApp): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  for (const how of ['fetch', 'http', 'axios']) {
    const { traceId, traceparent } = newTrace();
    const body = await (await app.fetch(`/${how}?path=/echo`, { headers: { traceparent } })).text();
    const spans = (): Span[] => app.receiver.spansOfTrace(traceId);
    await app.receiver.waitFor(() => clients(spans()).length > 0 && servers(spans()).length > 0);
    const [client, secondClient] = clients(spans());
    const [server, secondServer] = servers(spans());
    expect([secondClient, secondServer]).toEqual([undefined, undefined]);
    expect(JSON.parse(body)).toMatchObject({ traceparent: `00-${traceId}-${client?.spanId}-01` });
    found[how] = client?.scope;
    expect(found['servers'] ?? server?.scope).toBe(server?.scope);
    found['servers'] = server?.scope;
  }
  return found;
}

const clients = (spans: readonly Span[]): Span[] => spans.filter(({ kind }) => kind === 'CLIENT');
/** Not those of the upstream, which is in the same process. */
const servers = (spans: readonly Span[]): Span[] =>
  spans.filter(({ kind, attributes }) => kind === 'SERVER' && attributes['url.path'] !== '/echo');

/** What the start line says of HTTP, and what is told beside it. */
function told(app: TracedApp): string[] {
  const [line = '', ...more] = app.lines.flatMap(({ context, msg = '' }) =>
    context === 'TracingModule' ? [msg] : [],
  );
  const found = /instrumented: (.*?), gRPC.* messages, (handlers.*?), log lines/.exec(line);
  return [...(found?.slice(1) ?? []), ...more];
}

it.each(['option', 'early'])(
  "rule 25: OpenTelemetry's instrumentations of http and undici double nothing: %s",
  async (THEIRS) => {
    await using beside = await TracedApp.start('outgoing-app', { env: { THEIRS } });
    const theirs = { fetch: UNDICI, http: HTTP, axios: HTTP };
    expect(await makers(beside)).toEqual({ ...theirs, servers: OURS });
    expect(told(beside)).toEqual([
      `HTTP servers, outgoing HTTP (http by ${HTTP}, fetch by ${UNDICI})`,
      'handlers',
    ]);
    const env = { THEIRS, THEIR_SERVERS: 'true' };
    await using all = await TracedApp.start('outgoing-app', { env });
    expect(await makers(all)).toEqual({ ...theirs, servers: HTTP });
    expect(told(all)).toEqual([
      `HTTP servers (by ${HTTP}), outgoing HTTP (http by ${HTTP}, fetch by ${UNDICI})`,
      'handlers',
      expect.stringContaining('`ignore` and `publicEndpoint` do not apply'),
    ]);
  },
);

it('rule 25: nor do they where they come after the start', async () => {
  const env = { THEIRS: 'late', THEIR_SERVERS: 'true' };
  await using late = await TracedApp.start('outgoing-app', { env });
  const theirs = { fetch: UNDICI, http: HTTP, axios: HTTP, servers: HTTP };
  expect(await makers(late)).toEqual(theirs);
  expect(told(late)).toEqual([
    'HTTP servers, outgoing HTTP',
    'handlers',
    expect.stringContaining(`${HTTP} was constructed after TracingModule started.`),
    expect.stringContaining(`${UNDICI} was constructed after TracingModule started.`),
  ]);
});

it.each([
  [{}, OURS, HTTP, HTTP],
  [{ WITH_UNDICI: 'true' }, UNDICI, HTTP, HTTP],
  [{ WITHOUT_HTTP: 'true' }, OURS, OURS, OURS],
  [{ WITHOUT_HTTP: 'true', THEIRS: 'late' }, UNDICI, OURS, OURS],
])('as a guest of a provider with %j, nothing is doubled', async (env, fetch, http, servers) => {
  await using guest = await TracedApp.start('outgoing-app', { env, node: asGuest });
  expect(await makers(guest)).toEqual({ fetch, http, axios: http, servers });
});

it('handler spans of its instrumentation of Nest are not made again', async () => {
  const env = { WITH_NEST: 'true' };
  await using guest = await TracedApp.start('service-app', { env, node: asGuest });
  expect(tree(await guest.trace('/count'))).toMatchInlineSnapshot(`
    "
    theirs SERVER GET /count 200
      · info request completed
      theirs INTERNAL Pages.count
        theirs INTERNAL count
          theirs INTERNAL Shelf.count
            theirs INTERNAL looking
    "
  `);
});

it('rule 24: apps of both builds in one process double nothing', async () => {
  await using both = await TracedApp.start('outgoing-app', { env: { BOTH_BUILDS: 'true' } });
  expect(await makers(both)).toEqual({ fetch: OURS, http: OURS, axios: OURS, servers: OURS });
});
