import { expect, test } from 'vitest';
import type { Span } from './span.ts';
import { traceTree } from './trace-tree.ts';

const MS = 1_000_000n;

/** A span that lasts from `start` to `end`, in milliseconds. */
function span(id: string, parent: string | undefined, [start, end]: number[], more: Partial<Span>) {
  return {
    service: 'orders',
    resource: {},
    scope: 'orders',
    traceId: 't',
    spanId: id,
    parentSpanId: parent,
    name: id,
    kind: 'INTERNAL',
    start: BigInt(start ?? 0) * MS,
    end: BigInt(end ?? 0) * MS,
    attributes: {},
    events: [],
    status: { code: 'UNSET', message: '' },
    links: [],
    ...more,
  } satisfies Span;
}

const event = (name: string, ms: number, attributes: Span['attributes'] = {}) => ({
  name,
  time: BigInt(ms) * MS,
  attributes: { level: 'info', ...attributes },
});

const order = [
  span('c', 'b', [12, 18], {
    kind: 'SERVER',
    name: 'shop.Orders/Place',
    attributes: { 'rpc.grpc.status_code': 5 },
  }),
  span('b', 'a', [10, 20], {
    service: 'gateway',
    kind: 'CLIENT',
    name: 'shop.Orders/Place',
    attributes: { 'rpc.grpc.status_code': 5 },
    status: { code: 'ERROR', message: 'no such teapot\n at line 2' },
  }),
  span('a', undefined, [0, 1500], {
    service: 'gateway',
    kind: 'SERVER',
    name: 'POST /orders',
    attributes: { 'http.response.status_code': 404, 'url.path': '/orders' },
    events: [
      event('placing an order', 5),
      event('no order', 30, { level: 'error', 'exception.type': 'Error' }),
    ],
  }),
];

test('without times the tree is the same in every run', () => {
  expect(traceTree(order, { attributes: ['url.path'] })).toMatchInlineSnapshot(`
    "gateway SERVER POST /orders 404 url.path="/orders"
      · info placing an order
      · error no order [Error]
      gateway CLIENT shop.Orders/Place NOT_FOUND ERROR: no such teapot
        orders SERVER shop.Orders/Place NOT_FOUND"
  `);
});

test('with times events stand among the spans', () => {
  expect(traceTree(order, { times: true })).toMatchInlineSnapshot(`
    "gateway SERVER POST /orders 1.50 s 404
    ├─ · info placing an order
    ├─ gateway CLIENT shop.Orders/Place 10.0 ms NOT_FOUND ERROR: no such teapot
    │  └─ orders SERVER shop.Orders/Place 6.00 ms NOT_FOUND
    └─ · error no order [Error]"
  `);
});

test('what is wrong with a trace is said', () => {
  const spans = [
    span('root', undefined, [0, 10], {}),
    span('late', 'root', [12, 13], { attributes: { error: true } }),
    span('second root', undefined, [5, 6], {}),
    span('orphan', 'gone', [1, 2], {}),
    span('its child', 'orphan', [1, 2], {}),
    span('x', 'y', [1, 2], {}),
    span('y', 'x', [1, 2], {}),
  ];
  expect(traceTree(spans)).toMatchInlineSnapshot(`
    "orders INTERNAL root
      orders INTERNAL late error=true (started after its parent had ended)
    orders INTERNAL second root
    orders INTERNAL orphan (its parent is missing)
      orders INTERNAL its child
    orders INTERNAL x (its parents form a loop)
      orders INTERNAL y"
  `);
});

test('a span that came twice is drawn once, spans of other traces are kept apart', () => {
  const spans = [
    span('a', undefined, [0, 1], {}),
    span('a', undefined, [0, 1], {}),
    span('b', 'a', [0, 1], { traceId: 'u' }),
  ];
  expect(traceTree(spans)).toMatchInlineSnapshot(`
    "orders INTERNAL a
    orders INTERNAL b (its parent is missing)"
  `);
});

test('paint is given every part of a line', () => {
  const parts = new Set<string>();
  traceTree(order, { times: true, paint: (part, text) => (parts.add(part), text) });
  expect([...parts].sort()).toEqual(
    ['error', 'guide', 'kind', 'log', 'ok', 'service', 'span', 'time'].sort(),
  );
});
