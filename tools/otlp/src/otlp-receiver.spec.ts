import { connect } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import type { ExportTraceRequest, WireSpan } from './export-trace-request.ts';
import { OtlpClient } from './otlp-client.ts';
import { freePort } from './free-port.ts';
import { OtlpReceiver } from './otlp-receiver.ts';
import type { OtlpReceiverOptions } from './otlp-receiver.ts';
import { probeEndpoint } from './probe-endpoint.ts';
import { toOtlpJson } from './to-otlp-json.ts';
import { exportTraces } from './trace-service.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options?: OtlpReceiverOptions): Promise<OtlpReceiver> {
  const receiver = await OtlpReceiver.start(options);
  closing.push(() => receiver.close());
  return receiver;
}

async function sendBytes(to: OtlpReceiver, bytes: Uint8Array): Promise<void> {
  const client = new OtlpClient(to.url);
  closing.push(() => client.close());
  await client.export(bytes, 5_000);
}

const send = (to: OtlpReceiver, request: ExportTraceRequest) =>
  sendBytes(to, exportTraces.requestSerialize(request));

const TRACE = Buffer.from('4bf92f3577b34da6a3ce929d0e0e4736', 'hex');
const span = (id: string, more: Partial<WireSpan> = {}): WireSpan => ({
  traceId: TRACE,
  spanId: Buffer.from(id, 'hex'),
  name: 'POST /orders',
  ...more,
});
const request = (...spans: WireSpan[]): ExportTraceRequest => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] },
      scopeSpans: [{ scope: { name: 'nestjs-tracing' }, spans }],
    },
  ],
});

test('a span arrives flat, with its service and scope', async () => {
  const receiver = await start();
  await send(
    receiver,
    request(
      span('00f067aa0ba902b7', {
        parentSpanId: Buffer.from('0102030405060708', 'hex'),
        kind: 2,
        startTimeUnixNano: '1700000000000000001',
        endTimeUnixNano: '1700000000000000003',
        attributes: [
          { key: 'http.response.status_code', value: { intValue: '201' } },
          { key: 'big', value: { intValue: '9007199254740993' } },
          { key: 'ok', value: { boolValue: false } },
          { key: 'empty', value: { stringValue: '' } },
          { key: 'list', value: { arrayValue: { values: [{ doubleValue: 0.5 }] } } },
          { key: 'map', value: { kvlistValue: { values: [{ key: 'a' }] } } },
        ],
        events: [{ timeUnixNano: '1700000000000000002', name: 'placing an order' }],
        status: { code: 2, message: 'no stock' },
        links: [{ traceId: TRACE, spanId: Buffer.from('1111111111111111', 'hex') }],
      }),
    ),
  );
  const [received] = await receiver.waitFor((spans) => spans.length === 1);
  expect(received).toEqual({
    service: 'gateway',
    resource: { 'service.name': 'gateway' },
    scope: 'nestjs-tracing',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: '0102030405060708',
    name: 'POST /orders',
    kind: 'SERVER',
    start: 1700000000000000001n,
    end: 1700000000000000003n,
    attributes: {
      'http.response.status_code': 201,
      big: 9007199254740993n,
      ok: false,
      empty: '',
      list: [0.5],
      map: { a: undefined },
    },
    events: [{ name: 'placing an order', time: 1700000000000000002n, attributes: {} }],
    status: { code: 'ERROR', message: 'no stock' },
    links: [
      { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '1111111111111111', attributes: {} },
    ],
  });
});

test('requests turn into one object of OTLP JSON', async () => {
  const receiver = await start();
  await send(
    receiver,
    request(
      span('00f067aa0ba902b7', {
        kind: 3,
        startTimeUnixNano: '1700000000000000001',
        attributes: [
          { key: 'raw', value: { bytesValue: Buffer.from('hello') } },
          { key: 'load', value: { doubleValue: Number.NaN } },
          { key: 'size', value: { intValue: '12' } },
        ],
      }),
    ),
  );
  await send(receiver, request());
  await receiver.waitFor(() => receiver.requestCount === 2);
  expect(toOtlpJson(receiver.requests)).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] },
        scopeSpans: [
          {
            scope: { name: 'nestjs-tracing' },
            spans: [
              {
                traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
                spanId: '00f067aa0ba902b7',
                name: 'POST /orders',
                kind: 3,
                startTimeUnixNano: '1700000000000000001',
                attributes: [
                  { key: 'raw', value: { bytesValue: 'aGVsbG8=' } },
                  { key: 'load', value: { doubleValue: 'NaN' } },
                  { key: 'size', value: { intValue: '12' } },
                ],
              },
            ],
          },
        ],
      },
      expect.objectContaining({ scopeSpans: [{ scope: { name: 'nestjs-tracing' } }] }),
    ],
  });
});

test('a receiver that keeps nothing still counts', async () => {
  const receiver = await start({ keep: false });
  await send(receiver, request(span('0000000000000001'), span('0000000000000002')));
  await send(receiver, request(span('0000000000000003', { events: [{ name: 'x' }] })));
  await receiver.waitFor(() => receiver.spanCount === 3);
  expect(receiver.spans).toEqual([]);
});

test('every request is passed on, byte for byte', async () => {
  const target = await start();
  const relay = await start({ forward: target.url });
  await send(relay, request(span('0000000000000001')));
  await target.waitFor((spans) => spans.length === 1);
  expect(target.requests).toEqual(relay.requests);
  await relay.drain();
  expect(relay.lostSpans).toBe(0);
});

test('what cannot be passed on is counted and told, and the sender does not notice', async () => {
  const told: [string, number][] = [];
  const relay = await start({
    forward: `http://127.0.0.1:${await freePort()}`,
    onForwardLoss: (reason, spans) => told.push([reason, spans]),
  });
  await send(relay, request(span('0000000000000001'), span('0000000000000002')));
  await relay.drain();
  expect(relay.lostSpans).toBe(2);
  expect(told).toEqual([[expect.stringContaining('UNAVAILABLE'), 2]]);
});

test('a wait that fails says what did come', async () => {
  const receiver = await start();
  await send(receiver, request(span('0000000000000001')));
  await expect(receiver.waitFor((spans) => spans.length === 2, 50)).rejects.toThrow(
    /1 spans in 1 requests:\ngateway UNSPECIFIED POST \/orders/,
  );
});

test('a predicate that throws ends the wait with its error', async () => {
  const receiver = await start();
  const wait = receiver.waitFor(() => {
    throw new Error('asked wrongly');
  });
  await expect(wait).rejects.toThrow('asked wrongly');
});

test('what is no OTLP is refused', async () => {
  const receiver = await start();
  await expect(sendBytes(receiver, Buffer.from([0x0a, 0xff]))).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
  });
  expect(receiver.requestCount).toBe(0);
});

test('a probe tells a receiver from a port where there is none', async () => {
  const receiver = await start();
  await probeEndpoint(receiver.url);
  expect(receiver.spanCount).toBe(0);
  await expect(probeEndpoint(`http://127.0.0.1:${await freePort()}`)).rejects.toThrow(
    'ECONNREFUSED',
  );
});

test('after close nothing listens', async () => {
  const receiver = await start();
  await receiver.close();
  const refused = await new Promise((resolve) => {
    connect(receiver.port, '127.0.0.1', () => resolve(false)).once('error', () => resolve(true));
  });
  expect(refused).toBe(true);
});
