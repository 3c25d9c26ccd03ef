import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';
import { treeOfApp } from './support/tree-of-app.ts';

/** The lines that stand around what a handler's Observable does, for each way to the handler. */
const around: Record<string, readonly string[]> = {
  http: ['SERVER GET /http/:text 200', 'INTERNAL Pages.http'],
  sse: ['SERVER GET /sse/:text 200', 'INTERNAL Pages.sse'],
  grpc: [
    'SERVER GET /grpc/:text 200',
    'INTERNAL Pages.overGrpc',
    'CLIENT streams.Streams/Unary OK',
    'SERVER streams.Streams/Unary OK',
    'INTERNAL Calls.unary',
  ],
  tcp: [
    'SERVER GET /tcp/:text 200',
    'INTERNAL Pages.overTcp',
    'CLIENT answer',
    'SERVER answer',
    'INTERNAL Calls.answer',
  ],
};

/** What stands below the handler, by the text that it was sent. */
const below: Record<string, string> = {
  mapped: `
app INTERNAL Work.do
  · info mapped`,
  merged: `
app INTERNAL Work.do
  · info merged
app INTERNAL Work.do
  · info after it`,
  'in-turn': `
app INTERNAL Work.do
  · info turn 1
app INTERNAL Work.do
  · info turn 2`,
  traced: `
app INTERNAL Work.paired
  app INTERNAL Work.do
    · info in the traced Observable
app INTERNAL Work.do
  · info after it`,
  'traced-async': `
app INTERNAL Work.later
  app INTERNAL Work.do
    · info in the Observable of a promise`,
  async: `
app INTERNAL Work.do
  · info later`,
};

describe.each([
  ['express', 'on'],
  ['fastify', 'on'],
  ['express', 'off'],
])('%s, handler spans %s', (ADAPTER, HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
    const ports = { GRPC_PORT: await freePort(), TCP_PORT: await freePort() };
    const env = { ...ports, PROTO, ADAPTER, HANDLER_SPANS, TRACING_IGNORE: '/http/ignored' };
    app = await TracedApp.start('observables-app', { env });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** Makes two requests that wait for one another, and draws both traces. */
  const pair = async (path: string): Promise<string[]> =>
    (await Promise.all([app.trace(path), app.trace(path)])).map(treeOfApp);

  const expected = (way: string, text: string): string => {
    const lines = (around[way] ?? []).filter(
      (line) => HANDLER_SPANS === 'on' || !line.startsWith('INTERNAL'),
    );
    const outer = lines.map((line, depth) => `\n${'  '.repeat(depth)}app ${line}`).join('');
    return `${outer}${below[text]?.replaceAll('\n', `\n${'  '.repeat(lines.length)}`)}\n`;
  };

  it.each(Object.keys(around))(
    'rules 2, 31: what the Observable of a handler does is below that handler: %s',
    async (way) => {
      for (const text of Object.keys(below)) {
        const drawn = expected(way, text);
        expect(await pair(`/${way}/${text}`)).toEqual([drawn, drawn]);
      }
    },
  );

  it('rule 31: so it is with the Observables of guards and interceptors', async () => {
    const handler = HANDLER_SPANS === 'on' ? 'app INTERNAL Pages.piped\n    ' : '';
    const indent = HANDLER_SPANS === 'on' ? '  ' : '';
    const drawn = `
app SERVER GET /piped/:text 200
  app INTERNAL Work.do
    · info guarding
  ${handler}app INTERNAL Work.do
    ${indent}· info mapped
  app INTERNAL Work.do
    · info intercepting
`;
    expect(await pair('/piped/mapped')).toEqual([drawn, drawn]);
  });

  it.each(['/http/mapped', '/http/ignored'])(
    'rules 29, 31: nothing is recorded for a request that is unsampled or ignored: %s',
    async (path) => {
      const { traceId, traceparent } = newTrace();
      const flag = path.endsWith('ignored') ? '01' : '00';
      const quiet = { headers: { traceparent: traceparent.replace(/01$/, flag) } };
      const drawn = expected('http', 'mapped');
      for (let round = 0; round < 2; round++) {
        // Either one may be first, and with it the other one's values come in its context.
        const traces = await Promise.all([app.trace('/http/mapped'), app.fetch(path, quiet)]);
        expect(treeOfApp(traces[0])).toBe(drawn);
        const reversed = await Promise.all([app.fetch(path, quiet), app.trace('/http/mapped')]);
        expect(treeOfApp(reversed[1])).toBe(drawn);
      }
      expect(app.receiver.spansOfTrace(traceId)).toEqual([]);
    },
  );

  it('rule 3: the error of an Observable that a promise resolves to is recorded on the handler', async () => {
    const drawn = async (path: string): Promise<string> => treeOfApp(await app.trace(path));
    for (const [path, handler] of [
      ['/http/fails', 'Pages.http'],
      ['/sse/fails', 'Pages.sse'],
      ['/grpc/fails', 'Calls.unary'],
      ['/tcp/fails', 'Calls.answer'],
    ] as const) {
      const tree = await drawn(path);
      expect(tree.match(/· exception \[TypeError: too late\]/g)).toHaveLength(1);
      if (HANDLER_SPANS === 'on') {
        expect(tree).toMatch(
          new RegExp(`app INTERNAL ${handler} ERROR: too late\n +· exception \\[TypeError`),
        );
      } else {
        expect(tree).toMatch(/app SERVER [^\n]* ERROR[^\n]*\n +· exception \[TypeError/);
      }
    }
  });
});
