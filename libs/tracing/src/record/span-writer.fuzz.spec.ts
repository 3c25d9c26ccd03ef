import { inspect } from 'node:util';
import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import { TraceState, type InstrumentationScope } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { decodeTraceRequest } from '@shop/otlp';
import { expect, it } from 'vitest';
import { Random } from '../../test-support/random-class/random.js';
import { encodeRequest, TraceRequest } from '../sdk/export/trace-request.js';

/** The same cases every time, unless another seed is given: each case can be run alone. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const cases = Number(process.env['FUZZ_CASES'] ?? 500);

const letters = ['a', 'Z', '0', ' ', '@', '/', ':', '"', '\0', '\n', 'é', 'ß', '日', '𝒳', '\ud800'];
const lengths = [0, 1, 2, 5, 16, 40, 41, 42, 43, 47, 48, 49, 63, 64, 127, 128, 129, 300];
const integers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 62];
const numbers = [
  ...integers,
  ...integers.map((value) => -value),
  2 ** 63,
  -(2 ** 63),
  1e300,
  0.1,
  -1.5,
  Number.MIN_VALUE,
  Number.NaN,
  Infinity,
];
const keys = ['http.route', 'db.query.text', 'server.address', 'k', 'schlüssel', 'x'.repeat(130)];

const resource = resourceFromAttributes(
  { 'service.name': 'shop', 'a list': ['a', 'b'] },
  { schemaUrl: 'https://opentelemetry.io/schemas/1.37.0' },
);
const scopes: readonly InstrumentationScope[] = [
  { name: 'nestjs-tracing', version: '0.1.0' },
  { name: '' },
  { name: '@opentelemetry/instrumentation-http', schemaUrl: 'https://opentelemetry.io/schemas/1' },
];

/** Makes spans of all shapes that the types allow. */
class RandomSpans {
  constructor(private readonly random: Random) {}

  span(): ReadableSpan {
    const { random } = this;
    const context = this.context();
    return {
      name: this.text(),
      kind: random.below(5),
      spanContext: () => context,
      ...(random.chance(0.5) && { parentSpanContext: this.context() }),
      startTime: this.time(),
      endTime: this.time(),
      duration: [0, 0],
      ended: true,
      status: { code: random.below(3), ...(random.chance(0.5) && { message: this.text() }) },
      attributes: this.attributes(),
      links: random.list(3, () => ({
        context: this.context(),
        ...(random.chance(0.7) && { attributes: this.attributes() }),
        ...(random.chance(0.3) && { droppedAttributesCount: this.count() }),
      })),
      events: random.list(5, () => ({
        name: this.text(),
        time: this.time(),
        ...(random.chance(0.7) && { attributes: this.attributes() }),
        ...(random.chance(0.3) && { droppedAttributesCount: this.count() }),
      })),
      resource,
      instrumentationScope: random.pick(scopes),
      droppedAttributesCount: this.count(),
      droppedEventsCount: this.count(),
      droppedLinksCount: this.count(),
    };
  }

  private context(): SpanContext {
    const { random } = this;
    return {
      traceId: this.hex(32),
      spanId: this.hex(16),
      traceFlags: random.below(2),
      ...(random.chance(0.3) && { isRemote: random.chance(0.5) }),
      ...(random.chance(0.2) && { traceState: new TraceState('a=1,b=2') }),
    };
  }

  private hex(length: number): string {
    // The first digit keeps an ID valid.
    const digits = Array.from({ length: length - 1 }, () => this.random.below(16).toString(16));
    return `f${digits.join('')}`;
  }

  private time(): HrTime {
    return [1_700_000_000 + this.random.below(1e8), this.random.below(1e9)];
  }

  private count(): number {
    return this.random.chance(0.5) ? 0 : this.random.pick([1, 127, 128, 100_000]);
  }

  private text(): string {
    const { random } = this;
    const letter = random.chance(0.6) ? 'a' : random.pick(letters);
    const text = letter.repeat(random.chance(0.003) ? 20_000 : random.pick(lengths));
    return random.chance(0.2) ? text + random.pick(letters) : text;
  }

  private attributes(): Attributes {
    const { random } = this;
    const count = random.chance(0.02) ? 300 : random.below(12);
    return Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        random.chance(0.7) ? random.pick(keys) : `${this.text()}${at}`,
        this.value(0) as string,
      ]),
    );
  }

  private value(depth: number): unknown {
    const { random } = this;
    const kind = random.below(depth < 4 ? 8 : 4);
    if (kind < 2) return this.text();
    if (kind === 2) return random.pick(numbers);
    if (kind === 3) return random.chance(0.5);
    if (kind === 4) return random.chance(0.5) ? null : Buffer.from(this.text());
    if (kind < 7) return random.list(4, () => this.value(depth + 1));
    return Object.fromEntries(random.list(4, () => [this.text(), this.value(depth + 1)]));
  }
}

function encoded(spans: readonly ReadableSpan[]): Uint8Array {
  const request = new TraceRequest();
  for (const span of spans) request.add(span.instrumentationScope, (writer) => writer.span(span));
  return encodeRequest(resource, resource.attributes, request.take());
}

/** Removes what says the same as a missing field. */
function withoutDefaults(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutDefaults);
  const fields = Object.entries(value).flatMap(([key, field]: [string, unknown]) => {
    const isDefault = key.startsWith('dropped') && field === 0;
    const isUnset = key === 'status' && withoutDefaults(field) !== undefined && isEmpty(field);
    return isDefault || isUnset ? [] : [[key, withoutDefaults(field)]];
  });
  return Object.fromEntries(fields);
}

function isEmpty(status: unknown): boolean {
  const { code, message } = status as { code?: number; message?: string };
  return !code && !message;
}

/** Decodes a request with the scopes in the order of their names. */
function decoded(bytes: Uint8Array): string {
  const { resourceSpans = [] } = decodeTraceRequest(bytes);
  for (const { scopeSpans } of resourceSpans) {
    scopeSpans?.sort((a, b) => ((a.scope?.name ?? '') < (b.scope?.name ?? '') ? -1 : 1));
  }
  return inspect(withoutDefaults(resourceSpans), {
    depth: null,
    maxArrayLength: null,
    sorted: true,
  });
}

it(
  'every request decodes to what the serializer of OpenTelemetry makes of the same spans',
  { timeout: 120_000 },
  () => {
    for (let number = 0; number < cases; number++) {
      const made = new RandomSpans(new Random(seed + number));
      const spans = Array.from({ length: 1 + (number % 4) }, () => made.span());
      const expected = ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
      const ours = decoded(encoded(spans));
      const theirs = decoded(expected);
      const rerun = `FUZZ_SEED=${seed + number} FUZZ_CASES=1`;
      expect(`${rerun} ${ours}`).toBe(`${rerun} ${theirs}`);
    }
  },
);
