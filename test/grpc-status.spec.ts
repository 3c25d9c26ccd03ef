import { afterAll, beforeAll, expect, it } from 'vitest';
import { attributesOf, calls, startCallsApp } from './support/calls-app.ts';
import type { TracedApp } from './support/traced-app.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await startCallsApp();
  await app.trace('/call/unary/connect'); // which takes its time, and deadlines run
});
afterAll(() => app[Symbol.asyncDispose]());

type Kind = 'unary' | 'download' | 'upload' | 'uploadCall' | 'chat' | 'chatCall';
const kinds: Kind[] = ['unary', 'download', 'upload', 'uploadCall', 'chat', 'chatCall'];

/** Makes a call of each kind, one after the other. */
async function each(path: string, of: readonly Kind[] = kinds): Promise<string> {
  const traces = [];
  for (const kind of of) traces.push(await app.traceOf(3, `/call/${kind}/${path}`));
  return calls(...traces);
}

it('rule 11: a call that is answered is OK', async () => {
  expect(await each('hello')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Download OK
        app SERVER calls.Calls/Download OK
      app CLIENT calls.Calls/Upload OK
        app SERVER calls.Calls/Upload OK
      app CLIENT calls.Calls/UploadCall OK
        app SERVER calls.Calls/UploadCall OK
      app CLIENT calls.Calls/Chat OK
        app SERVER calls.Calls/Chat OK
      app CLIENT calls.Calls/ChatCall OK
        app SERVER calls.Calls/ChatCall OK
    "
  `);
});

it('rule 11: a stream without messages is OK', async () => {
  expect(await each('empty', ['download', 'chat', 'chatCall'])).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Download OK
        app SERVER calls.Calls/Download OK
      app CLIENT calls.Calls/Chat OK
        app SERVER calls.Calls/Chat OK
      app CLIENT calls.Calls/ChatCall OK
        app SERVER calls.Calls/ChatCall OK
    "
  `);
});

it('rule 11: a plain Error is UNKNOWN', async () => {
  expect(await each('crash')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Unary UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app CLIENT calls.Calls/Download UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Download UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app CLIENT calls.Calls/Upload UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Upload UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app CLIENT calls.Calls/UploadCall UNKNOWN ERROR: out of order
        app SERVER calls.Calls/UploadCall UNKNOWN ERROR: out of order
      app CLIENT calls.Calls/Chat UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Chat UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app CLIENT calls.Calls/ChatCall UNKNOWN ERROR: out of order
        app SERVER calls.Calls/ChatCall UNKNOWN ERROR: out of order
    "
  `);
});

it('rule 11: a code that the server answers', async () => {
  expect(await each('code-5')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary NOT_FOUND ERROR: code-5
        app SERVER calls.Calls/Unary NOT_FOUND
      app CLIENT calls.Calls/Download NOT_FOUND ERROR: code-5
        app SERVER calls.Calls/Download NOT_FOUND
      app CLIENT calls.Calls/Upload NOT_FOUND ERROR: code-5
        app SERVER calls.Calls/Upload NOT_FOUND
      app CLIENT calls.Calls/UploadCall NOT_FOUND ERROR: code-5
        app SERVER calls.Calls/UploadCall NOT_FOUND
      app CLIENT calls.Calls/Chat NOT_FOUND ERROR: code-5
        app SERVER calls.Calls/Chat NOT_FOUND
      app CLIENT calls.Calls/ChatCall NOT_FOUND ERROR: code-5
        app SERVER calls.Calls/ChatCall NOT_FOUND
    "
  `);
});

it('rule 11: a deadline that passes is told by both sides', async () => {
  const waiting: Kind[] = ['unary', 'download', 'upload', 'chat'];
  expect(await each('never?deadline=150', waiting)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/Unary DEADLINE_EXCEEDED ERROR: Deadline exceeded
      app CLIENT calls.Calls/Download DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/Download DEADLINE_EXCEEDED ERROR: Deadline exceeded
          · left
      app CLIENT calls.Calls/Upload DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/Upload DEADLINE_EXCEEDED ERROR: Deadline exceeded
          · left
      app CLIENT calls.Calls/Chat DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/Chat DEADLINE_EXCEEDED ERROR: Deadline exceeded
          · left
    "
  `);
});

it('rule 11: an answer that goes out when the deadline is over is too late', async () => {
  // No timer can tell the server in time: it answers OK.
  expect(await each('block-300?deadline=200', ['unary', 'download', 'chatCall']))
    .toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/Unary DEADLINE_EXCEEDED ERROR: Deadline exceeded
      app CLIENT calls.Calls/Download DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/Download DEADLINE_EXCEEDED ERROR: Deadline exceeded
      app CLIENT calls.Calls/ChatCall DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/ChatCall DEADLINE_EXCEEDED ERROR: Deadline exceeded
    "
  `);
});

it('rule 11: a deadline that is over before the call begins', async () => {
  const spans = await app.traceOf(2, '/call/unary/a?deadline=-1000');
  expect(attributesOf(spans, 'CLIENT', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 4 });
});

it('rule 11: a caller that never reads, and goes', async () => {
  const traces = [];
  for (const end of ['cancel=blocked', 'deadline=300']) {
    traces.push(await app.traceOf(3, `/call/chatCall/flood?deaf=1&${end}`));
  }
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/ChatCall CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/ChatCall CANCELLED
      app CLIENT calls.Calls/ChatCall DEADLINE_EXCEEDED ERROR: Deadline exceeded after ...
        app SERVER calls.Calls/ChatCall DEADLINE_EXCEEDED ERROR: Deadline exceeded
    "
  `);
  const counts = 'rpc.messages';
  expect(attributesOf(traces[0] ?? [], 'CLIENT', counts)).toMatchInlineSnapshot(`
    {
      "rpc.messages_received": 0,
      "rpc.messages_sent": 1,
    }
  `);
  expect(attributesOf(traces[0] ?? [], 'SERVER', counts)).toMatchInlineSnapshot(`
    {
      "rpc.messages_received": 1,
      "rpc.messages_sent": 1,
    }
  `);
});

it('rule 11: a caller that cancels before there is an answer', async () => {
  expect(await each('never?cancel=reached')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Unary CANCELLED
      app CLIENT calls.Calls/Download CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Download CANCELLED
          · left
      app CLIENT calls.Calls/Upload CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Upload CANCELLED
          · left
      app CLIENT calls.Calls/UploadCall CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/UploadCall CANCELLED
      app CLIENT calls.Calls/Chat CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Chat CANCELLED
          · left
      app CLIENT calls.Calls/ChatCall CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/ChatCall CANCELLED
    "
  `);
});

it('rule 11: a caller that cancels among the answers', async () => {
  const streams: Kind[] = ['download', 'chat', 'chatCall'];
  expect(await each('one-then-never?cancel=answered', streams)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Download CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Download CANCELLED
          · left
      app CLIENT calls.Calls/Chat CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Chat CANCELLED
          · left
      app CLIENT calls.Calls/ChatCall CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/ChatCall CANCELLED
    "
  `);
});

it('rule 11: an answer given because a caller that cancels ends its messages is none', async () => {
  for (let i = 0; i < 20; i++) {
    const path = i % 2 === 0 ? 'chat/listen?cancel=reached' : 'chatCall/ok?cancel=answered';
    const spans = await app.traceOf(3, `/call/${path}`);
    expect(attributesOf(spans, 'CLIENT', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 1 });
    expect(attributesOf(spans, 'SERVER', 'rpc.grpc')).toEqual({ 'rpc.grpc.status_code': 1 });
  }
});

it('rule 11: a server that cancels', async () => {
  expect(await each('code-1')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary CANCELLED ERROR: code-1
        app SERVER calls.Calls/Unary CANCELLED
      app CLIENT calls.Calls/Download CANCELLED ERROR: code-1
        app SERVER calls.Calls/Download CANCELLED
      app CLIENT calls.Calls/Upload CANCELLED ERROR: code-1
        app SERVER calls.Calls/Upload CANCELLED
      app CLIENT calls.Calls/UploadCall CANCELLED ERROR: code-1
        app SERVER calls.Calls/UploadCall CANCELLED
      app CLIENT calls.Calls/Chat CANCELLED ERROR: code-1
        app SERVER calls.Calls/Chat CANCELLED
      app CLIENT calls.Calls/ChatCall CANCELLED ERROR: code-1
        app SERVER calls.Calls/ChatCall CANCELLED
    "
  `);
});

it('rule 11: a message too large for the server', async () => {
  expect(await each('send-5000000')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Unary RESOURCE_EXHAUSTED
      app CLIENT calls.Calls/Download RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Download RESOURCE_EXHAUSTED
      app CLIENT calls.Calls/Upload RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Upload RESOURCE_EXHAUSTED
      app CLIENT calls.Calls/UploadCall RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/UploadCall RESOURCE_EXHAUSTED
      app CLIENT calls.Calls/Chat RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Chat RESOURCE_EXHAUSTED
      app CLIENT calls.Calls/ChatCall RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/ChatCall RESOURCE_EXHAUSTED
    "
  `);
});

it('rule 11: a message too large for the caller, who goes', async () => {
  expect(await each('large-5000000')).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Unary CANCELLED
      app CLIENT calls.Calls/Download RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Download CANCELLED
      app CLIENT calls.Calls/Upload RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Upload CANCELLED
      app CLIENT calls.Calls/UploadCall RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/UploadCall CANCELLED
      app CLIENT calls.Calls/Chat RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/Chat CANCELLED
      app CLIENT calls.Calls/ChatCall RESOURCE_EXHAUSTED ERROR: Received message larger than max (5000005 vs 4194304)
        app SERVER calls.Calls/ChatCall CANCELLED
    "
  `);
});

it('rule 11: a message of just the largest size', async () => {
  // Four bytes of length and one of the field's number, in a limit of 4 MiB.
  expect(await each('send-4194299', ['unary', 'chat'])).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Chat OK
        app SERVER calls.Calls/Chat OK
    "
  `);
});

it('rule 11: a method without a handler, and one that nobody knows', async () => {
  const traces = [
    await app.traceOf(3, '/call/noHandler/a'),
    await app.traceOf(2, '/unknown-method'),
  ];
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/NoHandler UNIMPLEMENTED ERROR: The server does not implement the method NoHandler
        app SERVER calls.Calls/NoHandler UNIMPLEMENTED ERROR: The server does not implement the method NoHandler
      app CLIENT calls.Calls/Nowhere UNIMPLEMENTED ERROR: The server does not implement the method /calls.Calls/Nowhere
    "
  `);
});

it('rule 11: which codes are an error of the server', async () => {
  const told = [];
  for (let code = 1; code <= 16; code++) {
    const spans = await app.traceOf(3, `/call/unary/code-${code}`);
    const server = spans.find(
      (span) => span.kind === 'SERVER' && span.name === 'calls.Calls/Unary',
    );
    const { 'rpc.grpc.status_code': status, 'error.type': error } = server?.attributes ?? {};
    expect(status).toBe(code);
    if (server?.status.code === 'ERROR') told.push(error);
    else expect(error).toBeUndefined();
  }
  expect(told).toEqual([
    'UNKNOWN',
    'DEADLINE_EXCEEDED',
    'UNIMPLEMENTED',
    'INTERNAL',
    'UNAVAILABLE',
    'DATA_LOSS',
  ]);
});
