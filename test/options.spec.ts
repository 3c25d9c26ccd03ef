import { expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

it('wrong options end the start, with all faults at once', async () => {
  const OPTIONS = JSON.stringify({ sampling: 2, endpoint: 'nowhere', sevrice: 'x' });
  await using app = await TracedApp.start('options-app', { env: { OPTIONS }, serves: false });
  expect(await app.exit).not.toBe(0);
  for (const part of [
    'TracingSettingsError',
    'sampling: ',
    'endpoint: ',
    'Did you mean service?',
  ]) {
    expect(app.errors + app.output).toContain(part);
  }
});

it('wrong variables are one warning, and the service runs with the defaults', async () => {
  const env = { TRACING_SAMPLING: 'half', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  await using app = await TracedApp.start('options-app', { env });
  expect((await app.trace('/page')).map((span) => span.name)).toContain('GET /page');
  const warnings = app.lines.filter((line) => line.level === 40);
  expect(warnings).toHaveLength(1);
  for (const name of Object.keys(env)) expect(warnings[0]?.msg).toContain(name);
});

it('headers that gRPC refuses do not stop a service', async () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a b=c' };
  await using app = await TracedApp.start('options-app', { env });
  expect(await app.trace('/page')).not.toEqual([]);
  await expect.poll(() => app.output).toContain('OTEL_EXPORTER_OTLP_HEADERS');
});

it('without handler spans the server span says which handler it was', async () => {
  const OPTIONS = JSON.stringify({ handlerSpans: false });
  await using app = await TracedApp.start('options-app', { env: { OPTIONS } });
  const spans = await app.trace('/page');
  expect(spans.map((span) => span.name)).toEqual(['GET /page']);
  expect(spans[0]?.attributes).toMatchObject({
    'nestjs.controller': 'Pages',
    'nestjs.callback': 'page',
  });
});

it('rule 25: one line at start says what is on', async () => {
  await using app = await TracedApp.start('options-app');
  const told = (): unknown[] =>
    app.lines.filter((line) => line.context === 'TracingModule').map((line) => line.msg);
  await expect
    .poll(told)
    .toEqual([
      'Tracing is on: service app (OTEL_SERVICE_NAME), backend jaeger (default), ' +
        `endpoint ${app.receiver.url} (OTEL_EXPORTER_OTLP_ENDPOINT), sampling 1 (default); ` +
        `spans go to OTLP/gRPC at ${app.receiver.url}; instrumented: HTTP servers, outgoing HTTP, ` +
        'gRPC servers and clients, TCP messages, handlers, log lines of the nestjs-pino that TracingModule brings.',
    ]);
});
