import { inspect } from 'node:util';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestTracing, type TestTracing } from './create-test-tracing.js';

let tracing: TestTracing;
beforeEach(() => void (tracing = createTestTracing()));
afterEach(() => tracing.shutdown());

/** The active span, as third-party code reads it that knows the spans of the SDK. */
const active = (): Span & ReadableSpan => trace.getActiveSpan() as Span & ReadableSpan;
const tracer = (): Tracer =>
  trace.getTracerProvider().getTracer('third-party', '1.2', { schemaUrl: 'https://schema' });

it('startActiveSpan() of the API nests spans, also after an await', async () => {
  await tracer().startActiveSpan('outer', async (outer) => {
    await Promise.resolve();
    tracer().startActiveSpan('inner', { attributes: { a: 1 } }, (inner) => inner.end());
    outer.end();
  });
  expect(tracing.tree()).toMatchInlineSnapshot(`
    "
    outer
      inner
    "
  `);
});

it('context.with() and context.bind() of the API keep the active span', () => {
  const span = tracer().startSpan('span');
  const scope = trace.setSpan(ROOT_CONTEXT, span);
  expect(context.with(scope, active)).toBe(span);
  expect(context.bind(scope, active)()).toBe(span);
  expect(active()).toBeUndefined();
  span.end();
});

it('baggage of the API goes along with the active span', () => {
  const baggage = propagation.createBaggage({ tenant: { value: 'a' } });
  tracer().startActiveSpan('span', {}, propagation.setBaggage(ROOT_CONTEXT, baggage), (span) => {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    const { traceId, spanId } = span.spanContext();
    expect(carrier).toMatchObject({
      traceparent: `00-${traceId}-${spanId}-01`,
      baggage: 'tenant=a',
    });
    span.end();
  });
});

it('third-party code reads the active span as a span of the SDK', () => {
  tracer().startActiveSpan('outer', (outer) => {
    tracer().startActiveSpan('inner', { attributes: { a: 1 } }, (inner) => {
      const { attributes, parentSpanContext, startTime, instrumentationScope, ...rest } = active();
      expect(attributes).toEqual({ a: 1 });
      expect(parentSpanContext).toBe(outer.spanContext());
      expect(Math.abs(startTime[0] - Date.now() / 1000)).toBeLessThan(60);
      expect(instrumentationScope).toEqual({
        name: 'third-party',
        version: '1.2',
        schemaUrl: 'https://schema',
      });
      expect(rest).toMatchObject({ name: 'inner', kind: 0, status: { code: 0 }, ended: false });
      expect(active().resource.attributes).toMatchObject({ 'service.name': 'test' });
      expect(active().duration).toEqual([-1, -1]);
      expect(inspect(inner)).toContain('inner');
      expect(() => JSON.stringify(inner)).not.toThrow();
      inner.end();
    });
    outer.end();
  });
});
