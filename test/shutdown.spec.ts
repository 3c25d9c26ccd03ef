import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

const never = { OTEL_BSP_SCHEDULE_DELAY: '3600000' };

it.each(['SIGTERM', 'SIGINT'] as const)('rule 22: %s flushes what has ended', async (signal) => {
  await using app = await TracedApp.start('http-app', { env: never });
  await (await app.fetch('/books/1')).text();
  await expect.poll(() => app.output).toContain('request completed');
  expect(app.receiver.spanCount).toBe(0);
  expect(await app.stop(signal)).toBe(signal);
  expect(app.receiver.spans.map((span) => span.name)).toContain('GET /books/:id');
});

it('rule 22: app.close() flushes what has ended, and the process ends by itself', async () => {
  await using app = await TracedApp.start('http-app', { env: never });
  await (await app.fetch('/books/1', { headers: { connection: 'close' } })).text();
  app.process.send('close');
  expect(await app.exit).toBe(0);
  expect(app.receiver.spans.map((span) => span.name)).toContain('GET /books/:id');
});

it('rule 22: a collector that is down holds the process no longer than the limit', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  await using app = await TracedApp.start('http-app', {
    env: { ...never, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACING_SHUTDOWN_TIMEOUT: '300' },
  });
  // When the second has been answered, the span of the first has ended.
  for (let i = 0; i < 2; i++) {
    await (await app.fetch('/books/1')).text();
    await expect.poll(() => app.output.split('request completed').length).toBe(i + 2);
  }
  // By a signal pino, which writes in the background, may lose its last line.
  app.process.send('close');
  expect(await app.exit).toBe(0);
  expect(app.output).toContain('Not all spans could be exported');
});

const warning = 'Nothing listens for SIGTERM';
const patience = { timeout: 20_000, interval: 100 };

it('rule 22: a warning says when nothing listens for SIGTERM', async () => {
  await using app = await TracedApp.start('ends-app', {
    env: { END: 'a signal' },
    serves: false,
  });
  await expect.poll(() => app.output + app.errors, patience).toContain(warning);
  expect(app.output + app.errors).toContain('app.enableShutdownHooks()');
  expect(await app.stop('SIGTERM')).toBe('SIGTERM');
});

it.each([
  { why: 'shutdown hooks are enabled after the start', env: { END: 'a signal, with late hooks' } },
  { why: 'nothing is recorded', env: { END: 'a signal', TRACING_BACKEND: 'none' } },
  { why: 'it is a test', env: { END: 'a signal', NODE_ENV: 'test', TRACING_BACKEND: 'jaeger' } },
])('rule 22: no warning about SIGTERM if $why', async ({ env }) => {
  await using app = await TracedApp.start('ends-app', { env, serves: false });
  await expect.poll(() => app.output, patience).toContain('ending at');
  // An app that starts later warns: by then, the first one would have.
  await using last = await TracedApp.start('ends-app', {
    env: { END: 'a signal' },
    serves: false,
  });
  await expect.poll(() => last.output + last.errors, patience).toContain(warning);
  expect(app.output + app.errors).not.toContain(warning);
});

it('backend none: nothing is exported, the incoming trace stands on the lines', async () => {
  await using app = await TracedApp.start('http-app', { env: { OTEL_SDK_DISABLED: 'true' } });
  const traceId = 'ef'.repeat(16);
  const headers = { traceparent: `00-${traceId}-00000000000000aa-01` };
  await (await app.fetch('/books/1', { headers })).text();
  await expect.poll(() => app.output).toContain('request completed');
  const lines = app.lines.filter((line) => line.trace_id === traceId);
  expect(lines.map((line) => line.span_id)).toEqual(Array(5).fill('00000000000000aa'));
  await (await app.fetch('/books/1')).text();
  await app.stop();
  expect(app.receiver.spanCount).toBe(0);
});
