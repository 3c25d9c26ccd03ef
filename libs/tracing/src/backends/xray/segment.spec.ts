import { SpanKind, SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { recordError } from '../../span/errors/record-error.js';
import { segmentOf } from './segment.js';

let ended: ReadableSpan;
const processor = {
  onStart: () => {},
  onEnd: (span: ReadableSpan) => (ended = span),
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
const settings = { annotate: ['order.sku', 'order.lines', 'order.id'] };

/** A span as it is exported. */
function exported(
  kind: SpanKind,
  attributes: Attributes,
  record: (span: Span) => void = () => {},
): ReadableSpan {
  const span = tracer.startSpan('span', { kind, attributes });
  record(span);
  span.end();
  return segmentOf(ended, settings);
}

it.each<[string, Attributes, string | undefined]>([
  [
    'gRPC',
    { 'rpc.system': 'grpc', 'rpc.service': 'shop.v1.Orders', 'rpc.method': 'Place' },
    'shop.v1.Orders',
  ],
  [
    'gRPC, new keys',
    { 'rpc.system.name': 'grpc', 'rpc.method': 'shop.v1.Orders/Place' },
    'shop.v1.Orders',
  ],
  ['HTTP', { 'http.request.method': 'GET', 'server.address': 'api.shop.test' }, 'api.shop.test'],
  ['HTTP, old keys', { 'http.method': 'GET', 'net.peer.name': 'api.shop.test' }, 'api.shop.test'],
  ['HTTP, IPv6', { 'http.request.method': 'GET', 'server.address': '[::1]' }, '::1'],
  [
    'named by hand',
    { 'http.request.method': 'GET', 'server.address': 'x', 'peer.service': 'mail' },
    'mail',
  ],
  [
    'AWS',
    {
      'rpc.system': 'aws-api',
      'rpc.service': 'S3',
      'http.request.method': 'GET',
      'server.address': 's3',
    },
    undefined,
  ],
  [
    'database',
    { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': 'db' },
    undefined,
  ],
  ['anything else', { 'server.address': 'x' }, undefined],
])('who is called by a client span: %s', (_, attributes, peer) => {
  expect(exported(SpanKind.CLIENT, attributes).attributes['peer.service']).toBe(peer);
});

it('only calls that go out have a peer', () => {
  const attributes = { 'http.request.method': 'GET', 'server.address': 'me' };
  expect(exported(SpanKind.SERVER, attributes).attributes).toEqual(attributes);
});

it.each([
  [0, 'OK', 200],
  [1, 'CANCELLED', 499],
  [2, 'UNKNOWN', 500],
  [3, 'INVALID_ARGUMENT', 400],
  [4, 'DEADLINE_EXCEEDED', 504],
  [5, 'NOT_FOUND', 404],
  [6, 'ALREADY_EXISTS', 409],
  [7, 'PERMISSION_DENIED', 403],
  [8, 'RESOURCE_EXHAUSTED', 429],
  [9, 'FAILED_PRECONDITION', 400],
  [10, 'ABORTED', 409],
  [11, 'OUT_OF_RANGE', 400],
  [12, 'UNIMPLEMENTED', 501],
  [13, 'INTERNAL', 500],
  [14, 'UNAVAILABLE', 503],
  [15, 'DATA_LOSS', 500],
  [16, 'UNAUTHENTICATED', 401],
])('gRPC %s %s is to X-Ray what HTTP %s is', (code, name, status) => {
  for (const kind of [SpanKind.CLIENT, SpanKind.SERVER]) {
    for (const attributes of [
      { 'rpc.grpc.status_code': code },
      { 'rpc.response.status_code': name },
    ]) {
      const span = exported(kind, { 'rpc.system': 'grpc', ...attributes });
      expect(span.attributes['http.response.status_code']).toBe(status);
    }
  }
  // The span of a traced method that an error passed has its code too, but is not a call.
  const inside = exported(SpanKind.INTERNAL, { 'rpc.grpc.status_code': code });
  expect(inside.attributes['http.response.status_code']).toBe(status === 200 ? undefined : status);
});

it('a gRPC call is a request with a URL', () => {
  const call = { 'rpc.system': 'grpc', 'rpc.service': 's.S', 'rpc.method': 'M' };
  const place = { 'server.address': 'orders', 'server.port': 50051 };
  expect(exported(SpanKind.CLIENT, { ...call, ...place }).attributes).toMatchObject({
    'http.request.method': 'POST',
    'url.full': 'grpc://orders:50051/s.S/M',
  });
  expect(exported(SpanKind.SERVER, { ...call, ...place }).attributes).toMatchObject({
    'http.request.method': 'POST',
    'url.scheme': 'grpc',
    'url.path': '/s.S/M',
  });
});

it('names that the exporter does not read are replaced by those that it does', () => {
  const database = {
    'db.system.name': 'postgresql',
    'db.namespace': 'shop',
    'db.query.text': 'SELECT 1',
  };
  expect(exported(SpanKind.CLIENT, database).attributes).toEqual({
    'db.system': 'postgresql',
    'db.name': 'shop',
    'db.statement': 'SELECT 1',
  });
  const request = { 'http.request.method': 'GET', 'url.path': '/orders', 'url.query': 'page=2' };
  expect(exported(SpanKind.SERVER, request).attributes).toEqual({
    'http.request.method': 'GET',
    'url.path': '/orders',
    'http.target': '/orders?page=2',
  });
  const call = { 'http.request.method': 'GET', 'network.peer.address': '10.0.0.1' };
  expect(exported(SpanKind.CLIENT, call).attributes).toEqual({
    'http.request.method': 'GET',
    'net.sock.peer.addr': '10.0.0.1',
  });
});

it('annotate: what the span has of it becomes annotations that X-Ray takes', () => {
  const span = exported(SpanKind.INTERNAL, {
    'order.sku': 'x'.repeat(2000),
    'order.lines': ['tea', 'cup'],
    'order.note': 'y'.repeat(2000),
    'aws.xray.annotations': ['order.note'],
  });
  expect(span.attributes).toEqual({
    'order.sku': 'x'.repeat(1000),
    'order.lines': 'tea, cup',
    'order.note': 'y'.repeat(1000),
    'aws.xray.annotations': ['order.note', 'order.sku', 'order.lines'],
  });
  expect(exported(SpanKind.INTERNAL, { a: 1 }).attributes).toEqual({ a: 1 });
});

it('a stack has the frames that the exporter can read', () => {
  const stack = [
    'TypeError: x is not a function',
    '    at Orders.place (file:///app/dist/orders.js:8:3)',
    '    at file:///app/dist/main.js:2:1',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at node:internal/main/run_main_module:28:49',
    '    at async Promise.all (index 0)',
    '    at new Promise (<anonymous>)',
    '    at async Function.run (/app/node_modules/x/index.cjs:1:2)',
  ].join('\n');
  const error = Object.assign(new TypeError('x is not a function'), { stack });
  const span = exported(SpanKind.SERVER, {}, (span) => recordError(span, error));
  expect(span.events.map(({ attributes }) => attributes)).toEqual([
    {
      'exception.type': 'TypeError',
      'exception.message': 'x is not a function',
      'exception.stacktrace': [
        'TypeError: x is not a function',
        '    at Orders.place (/app/dist/orders.js:8:3)',
        '    at /app/dist/main.js:2:1',
        '    at async Function.run (/app/node_modules/x/index.cjs:1:2)',
      ].join('\n'),
    },
  ]);
});

it('each cause of an error is an exception of its own', () => {
  const cause = new RangeError('too many:\ntwo lines', { cause: 'a text' });
  const errors = new AggregateError([new Error('one')], 'all failed', { cause });
  const span = exported(SpanKind.SERVER, {}, (span) => recordError(span, errors));
  expect(
    span.events.map(({ name, attributes = {} }) => [
      name,
      attributes['exception.type'],
      attributes['exception.message'],
      String(attributes['exception.stacktrace']).includes('segment.spec.ts'),
    ]),
  ).toEqual([
    ['exception', 'AggregateError', 'all failed', true],
    ['exception', 'RangeError', 'too many:\ntwo lines', true],
    ['exception', 'string', 'a text', false],
    ['exception', 'Error', 'one', true],
  ]);
});

it('other events, and the span itself, stay as they are', () => {
  const attributes = { 'db.namespace': 'shop', 'order.sku': 'x'.repeat(2000) };
  const span = exported(SpanKind.CLIENT, attributes, (span) => {
    span.addEvent('sent', { size: 1 });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' });
  });
  expect(span.events).toMatchObject([{ name: 'sent', attributes: { size: 1 } }]);
  expect(ended.attributes).toEqual(attributes);
  const { attributes: _, events: __, ...rest } = span;
  expect(ended).toMatchObject({ ...rest, spanContext: expect.any(Function) });
  expect(span.spanContext()).toBe(ended.spanContext());
});

/** Bytes of the parts of a segment, as the exporter writes them: it escapes what HTML would. */
function bytes({ attributes, events }: ReadableSpan): number {
  const exceptions = events.filter(({ name }) => name === 'exception');
  const json = JSON.stringify([attributes, exceptions.map((event) => event.attributes)]);
  return Buffer.byteLength(json.replace(/[<>&]/g, String.raw`\u0000`));
}

it.each<[string, Attributes]>([
  ['one long text', { text: 'x'.repeat(200_000) }],
  ['one of HTML', { text: '<p>&'.repeat(50_000) }],
  ['one of another script', { text: '漢字'.repeat(50_000) }],
  ['one of quotes', { text: '"\n\u0001'.repeat(50_000) }],
  ['a long list', { list: Array.from({ length: 20_000 }, (_, n) => `entry ${n}`) }],
  ['a list of numbers', { list: Array.from({ length: 50_000 }, (_, n) => n) }],
  [
    'many texts',
    Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`key${n}`, 'x'.repeat(9000)])),
  ],
])('a segment stays below the 64 KB that X-Ray takes: %s', (_, attributes) => {
  const span = exported(SpanKind.SERVER, { short: 'stays', ...attributes }, (span) => {
    for (let n = 0; n < 120; n++) {
      const error = Object.assign(new Error('<'.repeat(5000)), {
        stack: `Error\n${'    at f (/a/b.js:1:2)\n'.repeat(2000)}`,
      });
      recordError(span, error);
    }
  });
  expect(bytes(span)).toBeLessThan(56_000);
  expect(span.attributes['short']).toBe('stays');
  expect(span.events).toHaveLength(120);
});

it('a long text that fits is not cut', () => {
  const text = 'x'.repeat(30_000);
  expect(exported(SpanKind.SERVER, { text }).attributes).toEqual({ text });
  const longer = exported(SpanKind.SERVER, { text: 'x'.repeat(60_000), other: 'y'.repeat(1000) });
  expect(String(longer.attributes['text']).length).toBeGreaterThan(16_000);
  expect(String(longer.attributes['text']).endsWith('x…')).toBe(true);
  expect(longer.attributes['other']).toHaveLength(1000);
});
