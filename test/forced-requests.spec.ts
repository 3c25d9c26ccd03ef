import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { startCallsApp } from './support/calls-app.ts';
import { rawGrpcCall } from './support/raw-grpc-call.ts';
import { TracedApp } from './support/traced-app.ts';
import { newTrace } from './support/tree.ts';

const secret = 'a-secret-of-the-services';
const cli = fileURLToPath(new URL('../libs/tracing/dist/esm/cli.js', import.meta.url));

/** What `npx nestjs-tracing` prints. */
function command(args: readonly string[], TRACING_DEBUG_SECRET = secret): string {
  const env = { ...process.env, TRACING_DEBUG_SECRET };
  return execFileSync(process.execPath, [cli, ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

function tokenFor(time: string, of = secret): string {
  return command(['debug-token', '--for', time], of).trim().replace('x-trace-debug: ', '');
}

const start = (SAMPLING = 'dormant', env = {}): Promise<TracedApp> =>
  TracedApp.start('control-app', { env: { SAMPLING, TRACING_DEBUG_SECRET: secret, ...env } });

const request = async (app: TracedApp, headers: Record<string, string>, path = '/page') =>
  (await app.fetch(path, { headers })).text();

const names = (app: TracedApp): string[] => app.receiver.spans.map(({ name }) => name).toSorted();

const counts = async (app: TracedApp): Promise<unknown> =>
  (await app.fetch('/control/forced')).json();

it.each(['dormant', '0', 'own none'])(
  'rule 28: a request with a token is recorded, with sampling %s',
  async (SAMPLING) => {
    await using app = await start(SAMPLING);
    const token = tokenFor('10m');
    const { traceId, traceparent } = newTrace();
    await request(app, {});
    await request(app, { 'x-trace-debug': token });
    // The caller's decision and the ignored path do not count.
    await request(app, { 'x-trace-debug': token, traceparent: traceparent.replace(/01$/, '00') });
    await request(app, { 'x-trace-debug': token }, '/health');
    await request(app, {}, '/health');
    await app.receiver.waitFor((spans) => spans.length >= 9);
    expect(await counts(app)).toEqual({ accepted: 3, expired: 0, invalid: 0 });
    await app.stop();
    const once = ['Pages.read', 'PagesController.page'];
    expect(names(app)).toEqual(
      ['GET /health', 'GET /page', 'GET /page', ...once, ...once, ...once].toSorted(),
    );
    expect(app.receiver.spansOfTrace(traceId)).toHaveLength(3);
    expect(app.output).not.toContain(token);
    const lines = app.lines.filter(({ msg }) => msg === 'request completed');
    const paths = lines.map(({ req }) => (req as { url: string }).url);
    expect(paths.filter((path) => path === '/health')).toHaveLength(1);
  },
);

it('rule 28: wrong tokens are ignored and counted', async () => {
  await using app = await start();
  const short = tokenFor('1ms');
  const valid = tokenFor('10m');
  const wrong = [
    tokenFor('10m', 'another-secret-of-16'),
    valid.slice(0, -1),
    'x'.repeat(10_000),
    'v1.9999999999999.',
    '',
  ];
  for (const token of [...wrong, short]) await request(app, { 'x-trace-debug': token });
  expect(await counts(app)).toEqual({ accepted: 0, expired: 1, invalid: 5 });
  await app.stop();
  expect(names(app)).toEqual([]);
  const warnings = app.lines.flatMap(({ level, msg = '' }) => (level === 40 ? [msg] : []));
  expect(warnings).toEqual([
    'A request had an invalid token in the header x-trace-debug, which is ignored. Such requests are counted; this is logged once.',
    'A request had an expired token in the header x-trace-debug, which is ignored. Such requests are counted; this is logged once.',
  ]);
});

it.each([
  ['no secret', undefined, ''],
  ['a short one', 'fifteen-letters', 'TRACING_DEBUG_SECRET: expected a secret of at least 16'],
])('rule 28: with %s the header means nothing', async (_, TRACING_DEBUG_SECRET, warning) => {
  await using app = await start('dormant', { TRACING_DEBUG_SECRET });
  await request(app, { 'x-trace-debug': tokenFor('10m') });
  await app.stop();
  expect(names(app)).toEqual([]);
  expect(app.output).toContain(warning);
  expect(app.output).not.toContain('fifteen-letters');
});

it('rule 28: a gRPC call is forced by its metadata', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  const env = { GRPC_URL, TRACING_SAMPLING: 'dormant', TRACING_DEBUG_SECRET: secret };
  await using app = await startCallsApp(env, 'grpc-ignored-app');
  await rawGrpcCall(GRPC_URL, '/calls.Calls/Unary', 'x');
  const headers = { 'x-trace-debug': tokenFor('10m') };
  const sent = await rawGrpcCall(GRPC_URL, '/grpc.health.v1.Health/Check', 'x', headers);
  expect(sent.text).toMatch(/-01$/);
  await app.stop();
  expect(names(app)).toContain('grpc.health.v1.Health/Check');
  expect(names(app)).not.toContain('calls.Calls/Unary');
});

it.each([
  [['debug-token', '--for', 'soon'], secret, '--for: expected a duration'],
  [['debug-token', '--far', '1m'], secret, '--far'],
  [['debug-token'], '', 'Set TRACING_DEBUG_SECRET'],
  [['debug-token'], 'short', 'at least 16 characters'],
  [['debug'], secret, 'Usage: nestjs-tracing debug-token'],
])('the command %j says what is wrong', (args, of, says) => {
  expect(() => command(args, of)).toThrow(says);
});
