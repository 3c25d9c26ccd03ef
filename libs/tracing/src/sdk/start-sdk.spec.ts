import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  ProxyTracerProvider,
  trace,
  type Span,
} from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import {
  BatchSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { afterEach, expect, it } from 'vitest';
import type { BackendParts } from '../backends/backend.js';
import { readSettings } from '../options/read-settings.js';
import type { TracingOptions } from '../options/tracing-options.js';
import { apiGlobals } from './api-globals.js';
import type { Sdk } from './sdk.js';
import { startOwnSdk, startSdk } from './start-sdk.js';

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

it('rule 24: a second app has its own provider', async () => {
  const first = start();
  const global = registered();
  const second = start();
  expect(second.destination).toBe(first.destination);
  expect(second.tracerProvider).not.toBe(first.tracerProvider);
  expect(registered()).toBe(global);
  await started.pop()?.shutdown();
  expect(registered()).toBe(global);
});

it('an external provider is kept', async () => {
  const theirs = new TracerProvider();
  trace.setGlobalTracerProvider(theirs);
  const sdk = start();
  expect(sdk.tracerProvider).toBe(theirs);
  expect(sdk.destination).toContain('no exporter is started');
  await started.pop()?.shutdown();
  expect(registered()).toBe(theirs);
});

const globals = (): object => ({ ...apiGlobals() });
const throws = (): never => {
  throw new Error('does not start');
};

class Enabled extends InstrumentationBase {
  isOn = false;

  constructor(private readonly onEnable: () => void = () => {}) {
    super('enabled', '1.0.0', { enabled: false });
  }

  protected override init(): void {}

  override enable(): void {
    this.onEnable();
    this.isOn = true;
  }

  override disable(): void {
    this.isOn = false;
  }
}

const first = new Enabled();

it.each<[what: string, settings: object, xray: BackendParts]>([
  ['an instrumentation', { instrumentations: [first, new Enabled(throws)] }, {}],
  [
    'the resource',
    {
      get resource() {
        return throws();
      },
    },
    {},
  ],
  [
    'a span processor',
    {
      get spanProcessors() {
        return throws();
      },
    },
    {},
  ],
  ['a detector', {}, { createDetectors: throws }],
  ['the sampler', {}, { createSampler: throws }],
])('rules 24, 36: a start in which %s throws leaves nothing behind', async (_, faulty, xray) => {
  const { settings } = readSettings({ service: 'test' }, { env: {} });
  const wrong = Object.defineProperties({ ...settings }, Object.getOwnPropertyDescriptors(faulty));
  expect(() => startSdk(wrong, xray)).toThrow('does not start');
  expect([globals(), first.isOn]).toEqual([{}, false]);

  start();
  expect(() => startSdk(wrong, xray)).toThrow('does not start');
  expect(registered()).not.toBe(nothing);
  await started.pop()?.shutdown();
  expect(globals()).toEqual({});
});

it('rule 24: the globals serve the oldest app, and the next one once that has closed', async () => {
  const tracer = trace.getTracer('driver');
  const sdks = ['jaeger', 'xray', 'none'].map((backend) => start({ backend } as TracingOptions));
  const resourceOf = (span: Span): unknown => (span as unknown as ReadableSpan).resource;
  const own = sdks.map((sdk) => resourceOf(sdk.tracerProvider.getTracer('own').startSpan('own')));
  expect(resourceOf(tracer.startSpan('driver'))).toBe(own[0]);
  expect(propagation.fields()).not.toContain('x-amzn-trace-id');
  await started.shift()?.shutdown();
  expect(resourceOf(tracer.startSpan('driver'))).toBe(own[1]);
  expect(propagation.fields()).toContain('x-amzn-trace-id');
  await started.shift()?.shutdown();
  expect(tracer.startSpan('driver').isRecording()).toBe(false);
  expect(propagation.fields()).toContain('traceparent');
  await started.shift()?.shutdown();
  expect(globals()).toEqual({});

  trace.setGlobalTracerProvider(new TracerProvider());
  expect(tracer.startSpan('driver').isRecording()).toBe(true);
});

it('rule 24: a tracer that was requested while another global was taken serves the app', () => {
  diag.setLogger({ ...console, verbose: () => {} }, { logLevel: DiagLogLevel.NONE });
  const tracer = trace.getTracer('driver');
  start();
  expect(tracer.startSpan('driver').isRecording()).toBe(true);
  diag.disable();
});

it('rule 22: a batch that waits for the resource is exported before the exporter is closed', async () => {
  const { settings } = readSettings({ service: 'test' }, { env: {} });
  const done: string[] = [];
  const exporter: SpanExporter = {
    export: (spans, callback) => {
      done.push(...spans.map(({ name }) => name));
      callback({ code: 0 });
    },
    shutdown: async () => void done.push('shut down'),
  };
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1 });
  let find: (zone: string) => void = () => {};
  const zone = new Promise<string>((resolve) => (find = resolve));
  const sdk = startOwnSdk(
    settings,
    () => ({ processor, destination: 'here', close: async () => void done.push('closed') }),
    {
      createDetectors: () => ({
        detectors: [{ detect: () => ({ attributes: { zone } }) }],
        stop: () => {},
      }),
    },
  );
  sdk.tracerProvider.getTracer('x').startSpan('early').end();
  // The batch is no longer in the queue, and not yet with the exporter.
  void processor.forceFlush();
  const ending = sdk.shutdown();
  find('a');
  await ending;
  expect(done).toEqual(['early', 'shut down', 'closed']);
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
