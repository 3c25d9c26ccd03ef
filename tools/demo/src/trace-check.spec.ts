import type { Span } from '@shop/otlp';
import { expect, test } from 'vitest';
import type { LogLine } from './log-book.ts';
import { lackingIn } from './trace-check.ts';
import type { Expectation } from './trace-check.ts';

const CALL = 'shop.orders.v1.Orders/Place';
const expected: Expectation = {
  root: 'POST /orders',
  status: 201,
  services: ['gateway', 'orders'],
  hops: [{ from: 'gateway', to: 'orders', call: CALL }],
};

const log = (name: string, level = 'info') => ({ name, time: 1n, attributes: { level } });

function span(spanId: string, parentSpanId: string | undefined, more: Partial<Span>): Span {
  return {
    service: 'gateway',
    resource: {},
    scope: 'nestjs-tracing',
    traceId: 't',
    spanId,
    parentSpanId,
    name: CALL,
    kind: 'SERVER',
    start: 0n,
    end: 5_000_000n,
    attributes: {},
    events: [],
    status: { code: 'UNSET', message: '' },
    links: [],
    ...more,
  };
}

function line(service: string, spanId: string, message: string, level = 'info'): LogLine {
  return { service, traceId: 't', spanId, level, message };
}

const root = span('a', undefined, {
  name: 'POST /orders',
  attributes: { 'http.response.status_code': 201 },
  events: [log('placing')],
});
const client = span('b', 'a', { kind: 'CLIENT' });
const server = span('c', 'b', { service: 'orders', events: [log('placed')] });
const trace = [root, client, server];
const lines = [line('gateway', 'a', 'placing'), line('orders', 'c', 'placed')];

test('a whole trace lacks nothing', () => {
  expect(lackingIn(trace, lines, expected)).toEqual([]);
});

test('a service that is not there', () => {
  expect(lackingIn([root, client], lines.slice(0, 1), expected)).toEqual([
    'the trace has no span of orders',
    `orders shows no ${CALL} that was called`,
  ]);
});

test('a service that wrote nothing', () => {
  expect(lackingIn(trace, lines.slice(0, 1), expected)).toEqual([
    'orders wrote no log line with the id of the trace',
  ]);
});

test('a parent that is missing', () => {
  expect(lackingIn([root, client, { ...server, parentSpanId: 'x' }], lines, expected)).toEqual([
    `orders SERVER ${CALL} hangs in the air: missing parent x`,
    `orders SERVER ${CALL} is no child of the call that gateway made`,
  ]);
});

test('a parent that is the wrong one', () => {
  expect(lackingIn([root, client, { ...server, parentSpanId: 'a' }], lines, expected)).toEqual([
    `orders SERVER ${CALL} is no child of the call that gateway made`,
  ]);
});

test('a second root', () => {
  expect(lackingIn([...trace, span('d', undefined, {})], lines, expected)).toEqual([
    `there are 2 roots: gateway SERVER POST /orders, gateway SERVER ${CALL}`,
  ]);
});

test('a line without its event, on another span, or at another level', () => {
  const more = [
    line('gateway', 'a', 'placing'),
    line('gateway', 'c', 'placed'),
    line('orders', 'x', 'lost'),
    line('gateway', 'b', 'silent', 'warn'),
  ];
  expect(lackingIn(trace, [...lines, ...more], expected)).toEqual([
    'the line "placing" of gateway is no event (level info) of gateway SERVER POST /orders',
    'the line "placed" of gateway names a span of orders',
    'the line "lost" of orders names span x, which is not in the trace',
    `the line "silent" of gateway is no event (level warn) of gateway CLIENT ${CALL}`,
  ]);
});

test('lines for X-Ray are no events, and carry the id of their trace', () => {
  const traceId = '5759e988bd862e3fe1be46a994272793';
  const xrayTraceId = '1-5759e988-bd862e3fe1be46a994272793';
  const forXRay = (one: LogLine, id: string) => ({ ...one, traceId, xrayTraceId: id });
  const silent = line('orders', 'c', 'no event', 'error');
  const right = [...lines, silent].map((one) => forXRay(one, xrayTraceId));
  expect(lackingIn(trace, right, expected)).toEqual([]);
  expect(lackingIn(trace, [...right, forXRay(silent, '1-0-0')], expected)).toEqual([
    `the line "no event" of orders has the X-Ray trace id 1-0-0, in trace ${traceId}`,
  ]);
});

test('an error line without error=true on its span', () => {
  const withError = [root, client, { ...server, events: [log('placed', 'error')] }];
  const told = [lines[0]!, line('orders', 'c', 'placed', 'error')];
  expect(lackingIn(withError, told, expected)).toEqual([
    `the line "placed" of orders is an error, but orders SERVER ${CALL} has no error=true`,
  ]);
});

test('statuses that do not fit the answer', () => {
  const status = { code: 'ERROR', message: '' } as const;
  expect(lackingIn([{ ...root, status }, client, server], lines, expected)).toEqual([
    "the root's status is ERROR, with HTTP status 201",
    'nothing failed, and yet ERROR is on gateway SERVER POST /orders',
  ]);
  const crash = { ...expected, status: 500, exception: true, atLeastMs: 100 };
  expect(lackingIn(trace, lines, crash)).toEqual([
    'the root has HTTP status 201',
    "the root's status is UNSET, with HTTP status 500",
    'no span has the error that was thrown',
    'the root lasted 5 ms, not at least 100 ms',
  ]);
});
