import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

/** The event that the error line of the fixture makes, wherever its logger comes from. */
const failed = {
  level: 'error',
  'logger.context': 'Writer',
  'exception.type': 'Error',
  'exception.message': 'torn',
};

it.each([
  'brought',
  'own before',
  'own after',
  'own async before',
  'own async after',
  'all async',
  'own and false',
])('rules 17, 18: ids, events and redaction hold, and no line is doubled: %s', async (WAY) => {
  await using app = await TracedApp.start('logger-app', { env: { WAY } });
  const spans = await app.trace('/page');
  const handler = spans.find((span) => span.name === 'Pages.page')!;
  const lines = app.lines.filter((line) => line.trace_id === handler.traceId);

  expect(lines.map((line) => line.msg)).toEqual(['writing', 'failed', 'request completed']);
  expect(lines[0]).toMatchObject({ password: '[Redacted]', span_id: handler.spanId });
  expect('own' in lines[0]!).toBe(WAY.startsWith('own') || WAY === 'all async');
  expect(handler.events.map((event) => event.name)).toEqual(['writing', 'failed']);
  expect(handler.events[0]?.attributes).toMatchObject({ password: '[Redacted]' });
  expect(handler.events[1]?.attributes).toMatchObject(failed);
  expect(handler).toMatchObject({ attributes: { error: true }, status: { code: 'UNSET' } });
});

it.each([
  ['no events', []],
  ['warnings only', ['failed']],
])('rule 18: `spanEvents` says which lines become events: %s', async (WAY, events) => {
  await using app = await TracedApp.start('logger-app', { env: { WAY } });
  const spans = await app.trace('/page');
  const handler = spans.find((span) => span.name === 'Pages.page')!;
  expect(handler.events.map((event) => event.name)).toEqual(events);
  expect(app.lines.filter((line) => line.span_id === handler.spanId)).toHaveLength(2);
});

it('an app without a logger starts, and makes its spans', async () => {
  await using app = await TracedApp.start('logger-app', {
    env: { WAY: 'false', NEST_LOGGER: 'none' },
  });
  expect((await app.trace('/page')).map((span) => span.name)).toContain('Blank.page');
  expect(app.output).not.toContain('request completed');
});

it.each([
  ['given twice', 'TRACING_LOGGER_GIVEN_TWICE'],
  ['false and injected', 'TRACING_NO_LOGGER'],
])('a coded error at start says how to mend it: %s', async (WAY, code) => {
  await using app = await TracedApp.start('logger-app', { env: { WAY }, serves: false });
  expect(await app.exit).not.toBe(0);
  expect(app.output + app.errors).toContain(code);
});

it('rule 22: what is told last, of spans that could not be exported, is written out', async () => {
  await using app = await TracedApp.start('logger-app', {
    env: { WAY: 'brought', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  });
  await (await app.fetch('/page')).text();
  expect(await app.stop()).toBe('SIGTERM');
  expect(app.output).toContain('Not all spans could be exported');
});

it("rules 17, 18: an app that logs with Fastify's own logger has ids and events too", async () => {
  await using app = await TracedApp.start('logs-existing-app');
  const spans = await app.trace('/page');
  const handler = spans.find((span) => span.name === 'Pages.page')!;
  const line = app.lines.find(({ msg }) => msg === 'of Fastify');
  expect(line).toMatchObject({ fastify: true, context: 'Pages', span_id: handler.spanId });
  expect(handler.events.map(({ name }) => name)).toEqual(['of Fastify']);
});
