import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import {
  lostValues,
  recordValues,
  shown,
  valueSources,
  type RecordedValue,
} from '../support/recorded-values.ts';
import { TracedApp } from '../support/traced-app.ts';
import { Collector } from './collector.ts';
import { Jaeger } from './jaeger.ts';
import type { SegmentDocument } from './segment-document.ts';
import { XRayStub } from './xray-stub.ts';

/** Everything that the fixture records, with the backend that is to show it. */
async function recordAll(env: Record<string, string>): Promise<[TracedApp, RecordedValue[]]> {
  const app = await TracedApp.start('values-app', {
    // Room and time enough: what is lost is lost for its values.
    env: { OTEL_BSP_MAX_QUEUE_SIZE: '20000', OTEL_EXPORTER_OTLP_TIMEOUT: '60000', ...env },
  });
  const recorded: RecordedValue[] = [];
  for (const source of await valueSources(app)) recorded.push(...(await recordValues(app, source)));
  return [app, recorded];
}

/** The values that were set as an attribute, and what the backend shows of each. */
function table(recorded: readonly RecordedValue[], read: (traceId: string) => unknown): string {
  const rows = recorded
    .filter(({ source }) => source === 'attribute')
    .map(({ name, traceId }) => `${name} | ${shown(read(traceId))}`);
  return `\n${rows.join('\n')}\n`;
}

describe('Jaeger', () => {
  let jaeger: Jaeger;
  let app: TracedApp;
  let recorded: RecordedValue[];
  const spans = new Map<string, Awaited<ReturnType<Jaeger['trace']>>>();

  beforeAll(async () => {
    jaeger = await Jaeger.start(inject('jaeger'));
    [app, recorded] = await recordAll({ OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp });
    await vi.waitUntil(async () => (await jaeger.trace(recorded.at(-1)!.traceId)).length === 3, {
      timeout: 30_000,
      interval: 100,
    });
    for (const { traceId } of recorded) {
      spans.set(traceId, await jaeger.trace(traceId).catch(() => []));
    }
  }, 300_000);
  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await jaeger?.stop();
  });

  it('rule 35: no value makes it unable to show a trace', () => {
    const namesOf = (traceId: string) => spans.get(traceId)!.map(({ name }) => name);
    expect(lostValues(recorded, namesOf)).toEqual([]);
  });

  it('rule 37: no password of a URL reaches it', () => {
    const all = shownWhole([...spans.values()]);
    expect(all).toContain('postgres://REDACTED@db:5432/shop');
    expect(all).not.toContain('hush-hush');
  });

  it('shows each value', () => {
    const valueOf = (traceId: string): unknown =>
      spans.get(traceId)!.find(({ name }) => name === 'case')?.attributes['value'];
    expect(table(recorded, valueOf)).toMatchInlineSnapshot(`
      "
      text | "tea"
      an empty text | ""
      a number as text | "007"
      NaN | "NaN"
      Infinity | "Infinity"
      -Infinity | "-Infinity"
      -0 | 0
      a fraction | 0.1
      the smallest number | 5e-324
      2**53 + 2 | "9007199254740994"
      2**63 | 9223372036854776000
      -(2**63) | "-9223372036854775808"
      1e300 | 1e+300
      a bigint | nothing
      true | true
      null | ""
      undefined | nothing
      NUL and control characters | "a\\u0000b\\u0007c\\u001bd\\r\\n"
      half a surrogate pair | "a�b"
      an emoji | "☕️👩‍💻"
      a separator of lines | "a b"
      markup | "<b>&amp;</b>"
      a symbol | nothing
      a function | nothing
      an empty array | "[]"
      a sparse array | "[1,null,2]"
      an array with null | "[\\"a\\",null,\\"b\\"]"
      an array with undefined | "[\\"a\\",null]"
      a mixed array | "[1,\\"a\\",true]"
      an array with NaN | "[1,\\"NaN\\",\\"-Infinity\\"]"
      an array of bigints | nothing
      a nested array | "[[1,\\"NaN\\"],[\\"a\\"]]"
      a typed array | nothing
      an object | "{\\"a\\":{\\"b\\":[1,\\"c\\"]}}"
      an object with NaN | "{\\"a\\":{\\"b\\":\\"NaN\\"}}"
      an object with an empty key | "{\\"\\":1}"
      a deep object | "{\\"a\\":{\\"a\\":{\\"a\\":{\\"a\\":{\\"a\\":{\\"a... 336 characters
      a very deep object | nothing
      a circle | nothing
      a frozen object | "{\\"a\\":1}"
      an object without a prototype | "{\\"a\\":1}"
      an object that throws | nothing
      a proxy that throws | nothing
      a revoked proxy | nothing
      a class | nothing
      a Date | nothing
      an invalid Date | nothing
      a Map | nothing
      a Set | nothing
      an Error | nothing
      a regular expression | nothing
      a Uint8Array | "AP+A"
      a Buffer that is no UTF-8 | "//4="
      a String object | nothing
      a promise | nothing
      a text of 5 million characters | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... 262146 characters
      an array of 500 000 numbers | "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,... 87197 characters
      the password of a database | "postgres://REDACTED@db:5432/shop"
      "
    `);
  });
});

describe('X-Ray', () => {
  let stub: XRayStub;
  let collector: Collector;
  let app: TracedApp;
  let recorded: RecordedValue[];
  const segments = new Map<string, SegmentDocument[]>();

  beforeAll(async () => {
    stub = await XRayStub.start();
    const config = fileURLToPath(new URL('collector.yaml', import.meta.url));
    collector = await Collector.start(inject('collector'), config, stub.url);
    [app, recorded] = await recordAll({
      TRACING_BACKEND: 'xray',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpc,
      RESOURCE: 'odd',
    });
    await vi.waitUntil(() => documentsOf(recorded.at(-1)!.traceId).length === 3, {
      timeout: 30_000,
      interval: 500,
    });
    for (const document of stub.documents) {
      segments.set(document.trace_id, [...(segments.get(document.trace_id) ?? []), document]);
    }
  }, 300_000);
  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await collector?.stop();
    await stub?.close();
  });

  const xrayId = (traceId: string): string => `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  function documentsOf(traceId: string): SegmentDocument[] {
    return stub.documents.filter((document) => document.trace_id === xrayId(traceId));
  }
  const segmentsOf = (traceId: string): SegmentDocument[] => segments.get(xrayId(traceId)) ?? [];

  it('rule 35: no value loses the segment of its span, or those beside it', () => {
    const namesOf = (traceId: string) => segmentsOf(traceId).map(({ name }) => name);
    // A root segment is named by the service where its span is a server's, else by the span.
    expect(lostValues(recorded, namesOf)).toEqual([]);
  });

  it('every segment is one that X-Ray takes: by its size, and by its name', () => {
    expect(Math.max(...stub.received.map((text) => Buffer.byteLength(text)))).toBeLessThan(65_536);
    const names = new Set(stub.documents.map(({ name }) => name));
    expect(
      [...names].filter((name) => !/^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]{1,200}$/u.test(name)),
    ).toEqual([]);
  });

  it('rule 37: no password of a URL reaches it', () => {
    const all = shownWhole(stub.received);
    expect(all).toContain('postgres://REDACTED@db:5432/shop');
    expect(all).not.toContain('hush-hush');
  });

  it('shows each value', () => {
    const valueOf = (traceId: string): unknown =>
      segmentsOf(traceId).find(({ name }) => name === 'case')?.metadata?.['default']?.['value'];
    expect(table(recorded, valueOf)).toMatchInlineSnapshot(`
      "
      text | "tea"
      an empty text | ""
      a number as text | "007"
      NaN | "NaN"
      Infinity | "Infinity"
      -Infinity | "-Infinity"
      -0 | 0
      a fraction | 0.1
      the smallest number | 5e-324
      2**53 + 2 | 9007199254740994
      2**63 | 9223372036854776000
      -(2**63) | -9223372036854776000
      1e300 | 1e+300
      a bigint | nothing
      true | true
      null | nothing
      undefined | nothing
      NUL and control characters | "a\\u0000b\\u0007c\\u001bd\\r\\n"
      half a surrogate pair | "a�b"
      an emoji | "☕️👩‍💻"
      a separator of lines | "a b"
      markup | "<b>&amp;</b>"
      a symbol | nothing
      a function | nothing
      an empty array | []
      a sparse array | [1,null,2]
      an array with null | ["a",null,"b"]
      an array with undefined | ["a",null]
      a mixed array | [1,"a",true]
      an array with NaN | [1,"NaN","-Infinity"]
      an array of bigints | nothing
      a nested array | [[1,"NaN"],["a"]]
      a typed array | nothing
      an object | {"a":{"b":[1,"c"]}}
      an object with NaN | {"a":{"b":"NaN"}}
      an object with an empty key | {"":1}
      a deep object | {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":... 228 characters
      a very deep object | nothing
      a circle | nothing
      a frozen object | {"a":1}
      an object without a prototype | {"a":1}
      an object that throws | nothing
      a proxy that throws | nothing
      a revoked proxy | nothing
      a class | nothing
      a Date | nothing
      an invalid Date | nothing
      a Map | nothing
      a Set | nothing
      an Error | nothing
      a regular expression | nothing
      a Uint8Array | "AP+A"
      a Buffer that is no UTF-8 | "//4="
      a String object | nothing
      a promise | nothing
      a text of 5 million characters | "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... 16385 characters
      an array of 500 000 numbers | [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1... 16381 characters
      the password of a database | "postgres://REDACTED@db:5432/shop"
      "
    `);
  });

  it('rule 27: a link to a trace that is not one of X-Ray does not lose the segment', async () => {
    const links = (await (await app.fetch('/links')).json()) as { traceId: string };
    const segment = await vi.waitFor(
      () => {
        const found = documentsOf(links.traceId);
        expect(found).toHaveLength(1);
        return found[0]!;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(segment.links).toHaveLength(1);
    expect(segment.metadata?.['default']?.['otel.links']).toEqual([
      'ffffffffffffffffffffffffffffffff-00000000000000aa',
      '00000001ffffffffffffffffffffffff-00000000000000aa',
    ]);
  });
});

/** As JSON, which bigints are no part of. */
function shownWhole(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  );
}
