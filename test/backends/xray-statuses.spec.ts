import { status } from '@grpc/grpc-js';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { startCallsApp } from '../support/calls-app.ts';
import { TracedApp } from '../support/traced-app.ts';
import { newTrace } from '../support/tree.ts';
import { Collector } from './collector.ts';
import type { SegmentDocument } from './segment-document.ts';
import { XRayStub } from './xray-stub.ts';

let stub: XRayStub;
let collector: Collector;
beforeAll(async () => {
  stub = await XRayStub.start();
  const config = fileURLToPath(new URL('collector.yaml', import.meta.url));
  collector = await Collector.start(inject('collector'), config, stub.url);
});
afterAll(async () => {
  await collector?.stop();
  await stub?.close();
});

/** Makes a request, and answers with what X-Ray got of its trace once that is so many documents. */
async function segmentsOf(app: TracedApp, path: string, count: number): Promise<SegmentDocument[]> {
  const { traceId, traceparent } = newTrace();
  await (await app.fetch(path, { headers: { traceparent } })).text();
  const xrayId = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  return vi.waitFor(
    () => {
      const found = stub.documents.filter(({ trace_id }) => trace_id === xrayId);
      expect(found).toHaveLength(count);
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );
}

/** What X-Ray takes a document for, and the HTTP status in it. */
function verdict(document: SegmentDocument | undefined): string {
  const flags = (['error', 'throttle', 'fault'] as const).filter((flag) => document?.[flag]);
  return `${document?.http?.response?.status} ${flags.join('+') || 'ok'}`;
}

it('a gRPC status is an error, throttled or a fault on both sides of the call', async () => {
  await using app = await startCallsApp({
    TRACING_BACKEND: 'xray',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpc,
  });
  const rows = ['', 'status | the call | the server'];
  for (const code of Object.values(status).filter((one) => typeof one === 'number')) {
    const path = code === status.OK ? 'hello' : `code-${code}`;
    const segments = await segmentsOf(app, `/call/unary/${path}`, 3);
    const call = segments.find(({ namespace }) => namespace === 'remote');
    const server = segments.find(({ parent_id }) => parent_id === call?.id);
    rows.push([status[code], verdict(call), verdict(server)].join(' | '));
  }
  expect(`${rows.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    status | the call | the server
    OK | 200 ok | 200 ok
    CANCELLED | 499 error | 499 error
    UNKNOWN | 500 fault | 500 fault
    INVALID_ARGUMENT | 400 error | 400 error
    DEADLINE_EXCEEDED | 504 fault | 504 fault
    NOT_FOUND | 404 error | 404 error
    ALREADY_EXISTS | 409 error | 409 error
    PERMISSION_DENIED | 403 error | 403 error
    RESOURCE_EXHAUSTED | 429 error+throttle | 429 error+throttle
    FAILED_PRECONDITION | 400 error | 400 error
    ABORTED | 409 error | 409 error
    OUT_OF_RANGE | 400 error | 400 error
    UNIMPLEMENTED | 501 fault | 501 fault
    INTERNAL | 500 fault | 500 fault
    UNAVAILABLE | 503 fault | 503 fault
    DATA_LOSS | 500 fault | 500 fault
    UNAUTHENTICATED | 401 error | 401 error
    "
  `);
});

it('an HTTP status is an error, throttled or a fault on the call and of the service', async () => {
  await using app = await TracedApp.start('outgoing-app', {
    env: { TRACING_BACKEND: 'xray', OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpc },
  });
  const rows = ['', 'status | the call'];
  for (const code of [200, 302, 400, 404, 429, 500, 503]) {
    const segments = await segmentsOf(app, `/fetch?path=/echo/${code}`, 3);
    const call = segments.find(({ namespace }) => namespace === 'remote');
    expect(call?.name).toBe('127.0.0.1');
    rows.push([code, verdict(call)].join(' | '));
  }
  const [refused] = (await segmentsOf(app, '/call/refusedFetch', 2)).filter((one) => one.namespace);
  rows.push(`refused | ${verdict(refused)}`);
  expect(`${rows.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    status | the call
    200 | 200 ok
    302 | 302 ok
    400 | 400 error
    404 | 404 error
    429 | 429 error+throttle
    500 | 500 fault
    503 | 503 fault
    refused | undefined fault
    "
  `);
});
