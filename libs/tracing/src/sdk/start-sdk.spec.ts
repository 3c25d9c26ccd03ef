import { context, propagation, ProxyTracerProvider, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, expect, it } from 'vitest';
import { readSettings } from '../settings/read-settings.js';
import type { TracingOptions } from '../settings/tracing-options.js';
import type { Sdk } from './sdk.js';
import { startSdk } from './start-sdk.js';

const started: Sdk[] = [];
afterEach(async () => {
  // Nothing was recorded, so there is nothing to export and no collector is asked.
  for (const sdk of started.splice(0)) await sdk.shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
});

function start(options: TracingOptions = {}): Sdk {
  const { settings } = readSettings({ service: 'test', ...options }, { env: {} });
  const sdk = startSdk(settings);
  started.push(sdk);
  return sdk;
}

const registered = (): unknown => (trace.getTracerProvider() as ProxyTracerProvider).getDelegate();
const nothing = new ProxyTracerProvider().getDelegate();

it('rule 24: the first app takes the globals and gives them back', async () => {
  const sdk = start();
  expect(sdk.destination).toBe('OTLP/gRPC at http://localhost:4317');
  expect(registered()).not.toBe(nothing);
  expect(propagation.fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
  await started.pop()?.shutdown();
  expect(registered()).toBe(nothing);
  expect(propagation.fields()).toEqual([]);
});

it('rule 24: a further app has a provider of its own', async () => {
  const first = start();
  const global = registered();
  const second = start();
  expect(second.destination).toBe(first.destination);
  expect(second.tracerProvider).not.toBe(first.tracerProvider);
  expect(registered()).toBe(global);
  await started.pop()?.shutdown();
  expect(registered()).toBe(global);
});

it('a provider that somebody else registered is kept', async () => {
  const theirs = new TracerProvider();
  trace.setGlobalTracerProvider(theirs);
  const sdk = start();
  expect(sdk.tracerProvider).toBe(theirs);
  expect(sdk.destination).toContain('no exporter of ours');
  await started.pop()?.shutdown();
  expect(registered()).toBe(theirs);
});

it('backend none records nothing, and speaks the headers', () => {
  const sdk = start({ backend: 'none' });
  const span = sdk.tracerProvider.getTracer('x').startSpan('x');
  expect(span.isRecording()).toBe(false);
  expect(sdk.propagator.fields()).toContain('traceparent');
  expect(registered()).toBe(nothing);
});

it.each([
  [1, true],
  [0, false],
  ['dormant', false],
] as const)('sampling %s: whether a trace that begins here is recorded is %s', (sampling, is) => {
  const { tracerProvider } = start({ sampling });
  const tracer = tracerProvider.getTracer('x');
  expect(tracer.startSpan('root').isRecording()).toBe(is);
  const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isRemote: true };
  const under = (traceFlags: number): boolean =>
    tracer
      .startSpan('child', {}, trace.setSpanContext(context.active(), { ...parent, traceFlags }))
      .isRecording();
  expect([under(1), under(0)]).toEqual([true, false]);
});
