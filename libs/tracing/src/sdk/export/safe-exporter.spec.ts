import { SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { SafeExporter } from './safe-exporter.js';

/** Spans of so many characters each, of which one attribute is made. */
function spansOf(
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

/** What an exporter is given, request by request, and how it ends when some of them fail. */
async function exported(
  spans: ReadableSpan[],
  fails: readonly number[] = [],
): Promise<{ requests: ReadableSpan[][]; result: ExportResult }> {
  const requests: ReadableSpan[][] = [];
  const exporter: SpanExporter = {
    export(given, done) {
      requests.push(given);
      if (fails.includes(requests.length)) throw new Error(`no. ${requests.length}`);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const safe = new SafeExporter(exporter, { attributeValueLengthLimit: Infinity });
  const result = await new Promise<ExportResult>((resolve) => safe.export(spans, resolve));
  return { requests, result };
}

it('a span in which nothing has to be changed is handed on as it is', async () => {
  const spans = spansOf([10, 20]);
  const { requests } = await exported(spans);
  expect(requests).toHaveLength(1);
  requests[0]!.forEach((span, at) => expect(span).toBe(spans[at]));
});

it('rule 35: no request is larger than receivers take, and none is empty', async () => {
  const { requests, result } = await exported(spansOf(Array<number>(40).fill(150_000)));
  expect(result.code).toBe(ExportResultCode.SUCCESS);
  const sizes = requests.map((spans) => JSON.stringify(spans.map((one) => one.attributes)).length);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThan(4 * 1024 * 1024);
  expect(requests.flat()).toHaveLength(40);
});

it('rule 35: a request that fails takes none of the others along, and is told', async () => {
  const { requests, result } = await exported(spansOf(Array<number>(30).fill(300_000)), [2]);
  expect(requests.length).toBeGreaterThan(2);
  expect(requests.flat()).toHaveLength(30);
  expect(result).toMatchObject({ code: ExportResultCode.FAILED, error: { message: 'no. 2' } });
});

it('rule 35: a span that is too large is cut, and stays in its place', async () => {
  const { requests } = await exported(spansOf([10, 5_000_000, 10]));
  expect(requests.flat().map(({ attributes }) => String(attributes['text']).length)).toEqual([
    10, 262_144, 10,
  ]);
});

it('rule 35: what a span processor has put on a span that cannot be read costs its details only', async () => {
  const unreadable = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('not to be read');
      },
    },
  );
  const spans = spansOf([10, 20], (span) => {
    if (String(span.attributes['text']).length === 20) span.attributes['odd'] = unreadable as never;
  });
  const { requests } = await exported(spans);
  expect(requests.flat().map(({ name }) => name)).toEqual(['span', 'span']);
  expect(requests.flat()[1]).toMatchObject({ attributes: {}, droppedAttributesCount: 2 });
});

it('rule 35: so do too many values, which no cut makes few', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, at) => [`key ${at}`, at]),
  ) as Attributes;
  const spans = spansOf([10], (span) => void Object.assign(span.attributes, many));
  const { requests } = await exported(spans);
  expect(requests.flat()[0]).toMatchObject({ attributes: {}, droppedAttributesCount: 20_001 });
});

it('rule 35: a status and a kind that there are not are left out', async () => {
  const spans = spansOf([1], (span) => void Object.assign(span, { kind: 77, status: { code: 9 } }));
  const { requests } = await exported(spans);
  expect(requests.flat()[0]).toMatchObject({ kind: 0, status: { code: SpanStatusCode.UNSET } });
});
