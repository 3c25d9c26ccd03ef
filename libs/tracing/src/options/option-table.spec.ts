import { AlwaysOnSampler } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { optionNames, optionTable, type OptionName, type OptionRow } from './option-table.js';
import { readSettings } from './read-settings.js';
import type { Settings } from './settings.js';
import type { TracingOptions } from './tracing-options.js';

function report<K extends OptionName>(option: K, settings: Settings): string {
  const row: OptionRow<Settings[K]> = optionTable[option];
  return row.report(settings[option]);
}

function reports(options: TracingOptions): string[] {
  const { settings } = readSettings(options, { env: {} });
  return optionNames.map((option) => `${option} ${report(option, settings)}`);
}

it('each option is reported in one line, without secrets', () => {
  const tracer = { instrumentationName: 'pg', setTracerProvider() {} };
  class Redactor {
    onEnd(): void {}
  }
  const given = reports({
    service: 'orders',
    endpoint: 'https://user:secret@collector:4317',
    logGroups: ['/ecs/a', '/ecs/b'],
    sampling: new AlwaysOnSampler(),
    logger: { pinoHttp: { customProps: () => ({ key: 'secret' }) } },
    publicEndpoint: 'keep-id',
    propagateTo: ['api', /shop$/],
    annotate: ['a', 'b'],
    ignore: { http: ['/internal'], grpc: ['p.S/M'], defaults: false },
    instrumentations: [tracer] as unknown as NonNullable<TracingOptions['instrumentations']>,
    spanProcessors: [new Redactor()] as unknown as NonNullable<TracingOptions['spanProcessors']>,
    resource: { 'team.token': 'secret', team: 'shop' },
    control: { read: () => Promise.resolve({ mode: 'off' }), every: 5000 },
  });
  expect(given).toMatchInlineSnapshot(`
    [
      "service orders",
      "backend jaeger",
      "endpoint https://REDACTED@collector:4317",
      "logGroups /ecs/a /ecs/b",
      "sampling AlwaysOnSampler",
      "logger given",
      "publicEndpoint keep-id",
      "propagateTo api /shop$/",
      "annotate a b",
      "ignore /internal p.S/M",
      "handlerSpans true",
      "instrumentations pg",
      "spanProcessors Redactor",
      "resource team.token team",
      "shutdownTimeout 2000",
      "control every 5000 ms",
    ]
  `);
  expect(given.join()).not.toContain('secret');
});
