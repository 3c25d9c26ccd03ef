import type { OutgoingHttpHeaders } from 'node:http2';
import { freePort } from '@shop/otlp/free-port';
import type { Span } from '@shop/otlp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCallsApp } from './support/calls-app.ts';
import { rawGrpcCall } from './support/raw-grpc-call.ts';
import type { TracedApp } from './support/traced-app.ts';

let app: TracedApp;
let address: string;
beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  app = await startCallsApp({ GRPC_URL: address });
});
afterAll(() => app[Symbol.asyncDispose]());

const traceId = 'ab'.repeat(16);
const parentSpanId = 'cd'.repeat(8);
const traceparent = `00-${traceId}-${parentSpanId}-01`;

/** The span of a call that is answered whatever its headers hold. */
async function spanOf(headers: OutgoingHttpHeaders): Promise<Span | undefined> {
  const before = app.receiver.spans.length;
  const answer = await rawGrpcCall(address, '/calls.Calls/Unary', 'hi', headers);
  expect(answer).toEqual({ status: '0', text: 'hi!' });
  await app.receiver.waitFor((spans) => spans.length > before);
  expect(app.receiver.spans).toHaveLength(before + 1);
  return app.receiver.spans[before];
}

it.each<[string, OutgoingHttpHeaders]>([
  ['nothing', {}],
  ['no traceparent', { traceparent: 'hello' }],
  ['one of zeros', { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` }],
  ['one of no version', { traceparent: traceparent.replace('00', 'ff') }],
  ['an empty one', { traceparent: '' }],
  ['a large one', { traceparent: traceparent + '-'.repeat(10_000) }],
  ['bytes that are no text', { traceparent: '\u00ff\u00fe\u0080' }],
  ['two of them', { traceparent: [traceparent, traceparent] }],
  ['a binary one', { 'traceparent-bin': Buffer.from(traceparent).toString('base64') }],
  ['what OpenCensus sends', { 'grpc-trace-bin': 'AAARIjNEVWZ3iJmqu8zd7v8AAREiM0RVZncCAQ' }],
  ['binary values that are none', { 'grpc-trace-bin': '%%%', 'tracestate-bin': ',,,=' }],
  ['baggage and state alone', { baggage: 'user=1', tracestate: 'a=b' }],
])('rule 15: a call with %s begins a trace of its own', async (_, headers) => {
  const span = await spanOf(headers);
  expect(span).toMatchObject({ kind: 'SERVER', name: 'calls.Calls/Unary' });
  expect(span?.parentSpanId ?? '').toBe('');
  expect(span?.traceId).not.toBe(traceId);
});

it.each<[string, OutgoingHttpHeaders]>([
  ['nothing', {}],
  ['state that is none', { tracestate: '=,=,\u00ff' }],
  ['large state', { tracestate: 'a=b,'.repeat(4000) }],
  ['repeated state and baggage', { tracestate: ['a=1', 'a=2'], baggage: ['b=1', 'b=2'] }],
  ['baggage that is none', { baggage: '%,%=%;;;,\u00ff' }],
  ['large baggage', { baggage: `a=${'b'.repeat(20_000)}` }],
  ['many entries', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, 'y']))],
  ['metadata of the same names in binary', { 'traceparent-bin': '////', 'baggage-bin': '/' }],
  ['large binary metadata', { 'picture-bin': 'A'.repeat(20_000) }],
  ['a large authority', { ':authority': 'a'.repeat(20_000) }],
  ['an authority that is none', { ':authority': '[:::]:99999999' }],
  ['lies about the caller', { 'x-forwarded-for': '<script>', forwarded: ';;=;"' }],
])('rule 15: a valid traceparent is honoured beside %s', async (_, headers) => {
  expect(await spanOf({ traceparent, ...headers })).toMatchObject({ traceId, parentSpanId });
});
