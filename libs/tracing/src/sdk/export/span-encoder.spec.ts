import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import { decodeTraceRequest, spansOf, type Span } from '@shop/otlp';
import { expect, it } from 'vitest';
import { backendOf } from '../../backends/backends.js';
import { readSettings } from '../../options/read-settings.js';
import { SpanEncoder } from './span-encoder.js';

const resource = resourceFromAttributes({ 'service.name': 'test' });

/** Spans of so many characters each, of which one attribute is made. */
function endedSpans(
  lengths: readonly number[],
  change: (span: ReadableSpan) => void = () => {},
): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [
      { onStart() {}, onEnd: change, forceFlush: async () => {}, shutdown: async () => {} },
      new SimpleSpanProcessor({ exporter: memory }),
    ],
  });
  const tracer = provider.getTracer('test');
  for (const length of lengths) {
    tracer.startSpan('span', { attributes: { text: 'x'.repeat(length) } }).end();
  }
  return memory.getFinishedSpans();
}

/** What receivers get: the requests, each decoded. */
function exported(spans: readonly ReadableSpan[]): Span[][] {
  const { settings } = readSettings({ service: 'test' }, { env: {} });
  const encoder = new SpanEncoder(settings, backendOf(settings));
  const requests: Span[][] = [];
  const take = (): void => {
    const bytes = encoder.encode(resource, encoder.take());
    expect(bytes.length).toBeLessThan(4 * 1024 * 1024);
    requests.push(spansOf(decodeTraceRequest(bytes)));
  };
  for (const span of spans) {
    encoder.add(span);
    if (encoder.isFull) take();
  }
  if (encoder.count > 0) take();
  return requests;
}

it('rule 35: no request is larger than receivers take, and none is empty', () => {
  const requests = exported(endedSpans(Array<number>(40).fill(150_000)));
  expect(requests.length).toBeGreaterThan(1);
  expect(Math.min(...requests.map((spans) => spans.length))).toBeGreaterThan(0);
  expect(requests.flat()).toHaveLength(40);
});

it('rule 35: a span that is too large is cut, and stays in its place', () => {
  const requests = exported(endedSpans([10, 5_000_000, 10]));
  expect(requests.flat().map(({ attributes }) => String(attributes['text']).length)).toEqual([
    10, 262_144, 10,
  ]);
});

it('rule 35: what a span processor has put on a span that cannot be read costs its details only', () => {
  const unreadable = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('not to be read');
      },
    },
  );
  const spans = endedSpans([10, 20], (span) => {
    if (String(span.attributes['text']).length === 20) span.attributes['odd'] = unreadable as never;
  });
  const requests = exported(spans);
  expect(requests.flat().map(({ name }) => name)).toEqual(['span', 'span']);
  expect(requests.flat()[1]).toMatchObject({ attributes: {} });
});

it('rule 35: so do too many values, which no cut makes few', () => {
  const many = Object.fromEntries(
    Array.from({ length: 25_000 }, (_, at) => [`key ${at}`, at]),
  ) as Attributes;
  const spans = endedSpans([10], (span) => void Object.assign(span.attributes, many));
  const requests = exported(spans);
  expect(requests.flat()[0]).toMatchObject({ attributes: {} });
});

it('rule 35: a status and a kind that there are not are left out', () => {
  const spans = endedSpans(
    [1],
    (span) => void Object.assign(span, { kind: 77, status: { code: 9 } }),
  );
  const requests = exported(spans);
  expect(requests.flat()[0]).toMatchObject({ kind: 'INTERNAL', status: { code: 'UNSET' } });
});
