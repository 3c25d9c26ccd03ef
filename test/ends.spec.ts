import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { silences, SilentCollector } from './support/silent-collector.ts';
import { TracedApp } from './support/traced-app.ts';

/** The fixture ends 40 spans, and then the process in one of these ways. */
const ends = [
  { end: 'close', exit: 0, row: '`app.close()`' },
  { end: 'natural', exit: 0, row: 'nothing is left to do, without `app.close()`' },
  { end: 'exit code', exit: 4, row: 'the same, with `process.exitCode`' },
  { end: 'exit', exit: 3, row: '`process.exit()`' },
  { end: 'close and exit', exit: 0, row: '`process.exit()` during `app.close()`' },
  { end: 'message shutdown', exit: 0, row: '`process.exit()` on the message `shutdown` of PM2' },
  { end: 'uncaught exception', exit: 1, open: 1, row: 'an uncaught exception' },
  { end: 'uncaught text', exit: 1, row: 'an uncaught value that is no error' },
  { end: 'unhandled rejection', exit: 1, open: 1, row: 'an unhandled rejection' },
  { end: 'rejected text', exit: 1, row: 'an unhandled rejection with no error' },
  { end: 'top level', exit: 1, row: 'an exception at the top level of a module' },
  { end: 'own listener', exit: 9, row: 'the `uncaughtException` listener of the app' },
  { end: 'capture callback', exit: 0, row: 'nothing, after the capture callback of the app' },
];

interface Ended {
  readonly exit: number | string | null;
  readonly output: string;
  readonly errors: string;
  readonly milliseconds: number;
  readonly spans: readonly string[];
}

async function run(
  end: string,
  env: Readonly<Record<string, string>> = {},
  node: readonly string[] = [],
): Promise<Ended> {
  await using app = await TracedApp.start('ends-app', {
    env: { END: end, OTEL_BSP_SCHEDULE_DELAY: '3600000', ...env },
    node,
    serves: false,
  });
  app.process.once('message', () => app.process.send('shutdown'));
  const exit = await app.exit;
  const { output, errors, receiver } = app;
  const milliseconds = Date.now() - Number(/^ending at (\d+)$/m.exec(output)?.[1]);
  return { exit, output, errors, milliseconds, spans: receiver.spans.map(({ name }) => name) };
}

it.each(ends)('rule 22: $end: all spans arrive', async ({ end, exit, open = 0 }) => {
  const traced = await run(end);
  expect(traced.exit).toBe(exit);
  expect(traced.spans).toHaveLength(40 + open);
  expect(traced.errors).not.toContain('nestjs-tracing');
});

it.each(ends)('rule 22: $end: what Node prints and returns stays the same', async ({ end }) => {
  const [untraced, traced] = await Promise.all([run(end, { TRACING_BACKEND: 'none' }), run(end)]);
  expect(traced.exit).toBe(untraced.exit);
  expect(traced.errors).toBe(untraced.errors);
});

const rejections = ['none', 'warn', 'strict', 'throw', 'warn-with-error-code'];

it.each(rejections)('rule 22: --unhandled-rejections=%s stays what it is', async (mode) => {
  const node = [`--unhandled-rejections=${mode}`];
  const end = 'unhandled rejection';
  const [untraced, traced] = await Promise.all([
    run(end, { TRACING_BACKEND: 'none' }, node),
    run(end, {}, node),
  ]);
  expect(traced.exit).toBe(untraced.exit);
  // A warning contains the process ID.
  const withoutPid = (text: string): string => text.replace(/\(node:\d+\)/g, '');
  expect(withoutPid(traced.errors)).toBe(withoutPid(untraced.errors));
  expect(traced.spans.length).toBeGreaterThanOrEqual(40);
});

it('rule 22: the variables of the exporter hold at the exit too', async () => {
  const env = {
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,tenant=a',
  };
  const { spans, errors } = await run('exit', env);
  expect(spans).toHaveLength(40);
  expect(errors).toBe('');
});

it('rule 22: --abort-on-uncaught-exception stays what it is', async () => {
  const node = ['--abort-on-uncaught-exception'];
  const traced = await run('uncaught exception', {}, node);
  const untraced = await run('uncaught exception', { TRACING_BACKEND: 'none' }, node);
  expect(traced.exit).toBe(untraced.exit);
  expect(typeof traced.exit).toBe('string');
});

const silent = silences.flatMap((silence) =>
  // What the collector does makes a difference to how the export waits, not to how the process ends.
  (silence === 'takes calls only' ? ends : ends.slice(0, 4)).map(({ end }) => ({ silence, end })),
);

it.each(silent)(
  'rule 22: $end with a collector that $silence: the process ends in time and says what is lost',
  async ({ silence, end }) => {
    await using collector = await SilentCollector.start(silence);
    const { errors, output, milliseconds } = await run(end, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      TRACING_SHUTDOWN_TIMEOUT: '500',
    });
    const told = end === 'close' ? output : errors;
    expect(told).toMatch(/4[01] (spans were lost|of 40 were lost)/);
    expect(milliseconds).toBeLessThan(1500);
  },
);

it.each(['uncaught exception', 'unhandled rejection'])(
  'rule 22: %s: spans that are still open end with the error',
  async (end) => {
    await using app = await TracedApp.start('ends-app', { env: { END: end }, serves: false });
    expect(await app.exit).toBe(1);
    const open = app.receiver.spans.find(({ name }) => name === 'open');
    expect(open?.status).toMatchObject({ code: 'ERROR', message: 'out of order' });
    expect(
      open?.events.map(({ name, attributes }) => [name, attributes['exception.type']]),
    ).toEqual([['exception', 'TypeError']]);
  },
);

const elsewhere = [
  // A worker of a cluster stays until its primary disconnects from it.
  { place: 'thread', end: 'natural', exit: 0, spans: 40 },
  { place: 'thread', end: 'close', exit: 0, spans: 40 },
  ...['thread', 'cluster'].flatMap((place) => [
    { place, end: 'exit', exit: 3, spans: 40 },
    { place, end: 'uncaught exception', exit: 1, spans: 41 },
    { place, end: 'unhandled rejection', exit: 1, spans: 41 },
  ]),
];

it.each(elsewhere)('rule 22: in a $place, $end: all spans arrive', async (one) => {
  await using app = await TracedApp.start('ends-elsewhere-app', {
    env: { END: one.end, PLACE: one.place, OTEL_BSP_SCHEDULE_DELAY: '3600000' },
    serves: false,
  });
  expect(await app.exit).toBe(one.exit);
  expect(app.receiver.spanCount).toBe(one.spans);
  expect(app.errors).not.toContain('nestjs-tracing');
});

it('rule 22: an exception in a hybrid app ends its open requests and calls with the error', async () => {
  const PROTO = fileURLToPath(new URL('fixtures/streams.proto', import.meta.url));
  const env = { GRPC_PORT: await freePort(), PROTO, OTEL_BSP_SCHEDULE_DELAY: '3600000' };
  await using app = await TracedApp.start('grpc-app', { env });
  await expect(app.fetch('/unary/uncaught')).rejects.toThrow();
  expect(await app.exit).toBe(1);
  const { spans } = app.receiver;
  const failed = spans.filter(({ status }) => status.code === 'ERROR');
  expect(failed.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    'CLIENT streams.Streams/Unary',
    'INTERNAL Answers.unary',
    'SERVER GET /unary/:text',
    'SERVER streams.Streams/Unary',
  ]);
  const events = spans.flatMap(({ events: all, name }) => all.map((event) => [name, event.name]));
  expect(events.filter(([, event]) => event === 'exception')).toEqual([
    ['Answers.unary', 'exception'],
  ]);
});

it('rule 36: the listeners go with the app, and none of them keeps Node from ending', async () => {
  const { output } = await run('listeners');
  const line = output.split('\n').find((one) => one.startsWith('{'));
  const { before, during, after } = JSON.parse(line ?? '') as Record<string, number[]>;
  expect(during?.map((count, event) => count - (after?.[event] ?? NaN))).toEqual([1, 1, 1, 0]);
  // pino has a listener of its own for `exit`.
  expect(after?.toSpliced(1, 1)).toEqual(before?.toSpliced(1, 1));
});

it('docs: the table of docs/shutdown.md has these ends', () => {
  const text = readFileSync(new URL('../docs/shutdown.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (?!how|-)/.test(line));
  const cells = rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, 3),
  );
  const delivered = cells.filter(([, arrive]) => arrive === 'all').map(([how]) => how);
  expect(delivered.filter((how) => !how?.includes('SIGTERM'))).toEqual(ends.map(({ row }) => row));
});
