import { createContextKey, propagation, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import type { RequestScope } from './scope.js';
import { requestScope, withRequestScope, withSpan } from './scope.js';

const span = trace.wrapSpanContext({
  traceId: '1'.repeat(32),
  spanId: '2'.repeat(16),
  traceFlags: 1,
});
const other = trace.wrapSpanContext({
  traceId: '3'.repeat(32),
  spanId: '4'.repeat(16),
  traceFlags: 0,
});
const request = { serverSpan: span } as RequestScope;
const key = createContextKey('a value of the app');

it('the OpenTelemetry API reads the span of a scope, and sets and deletes it', () => {
  const scope = withRequestScope(withSpan(ROOT_CONTEXT, span), request);
  expect(trace.getSpan(scope)).toBe(span);
  expect(trace.getSpanContext(scope)).toEqual(span.spanContext());
  expect(trace.getSpan(trace.setSpan(scope, other))).toBe(other);
  expect(trace.getSpan(trace.deleteSpan(scope))).toBeUndefined();
  expect(requestScope(trace.deleteSpan(scope))).toBe(request);
});

it('a scope keeps the values of the context it was created from, and those that are set later', () => {
  const baggage = propagation.createBaggage({ tenant: { value: 'a' } });
  const base = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, other), baggage);
  const scope = withSpan(base, span).setValue(key, 1);
  expect([trace.getSpan(scope), propagation.getBaggage(scope), scope.getValue(key)]).toEqual([
    span,
    baggage,
    1,
  ]);
  expect(scope.deleteValue(key).getValue(key)).toBeUndefined();
  expect(trace.getSpan(scope.deleteValue(key))).toBe(span);
});

it('a scope does not change, whatever is derived from it', () => {
  const scope = withSpan(ROOT_CONTEXT, span);
  scope.setValue(key, 1);
  trace.setSpan(scope, other as Span);
  withRequestScope(scope, request);
  expect([trace.getSpan(scope), scope.getValue(key), requestScope(scope)]).toEqual([
    span,
    undefined,
    undefined,
  ]);
});
