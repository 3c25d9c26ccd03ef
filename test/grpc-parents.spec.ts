import { afterAll, beforeAll, expect, it } from 'vitest';
import { calls, startCallsApp } from './support/calls-app.ts';
import type { TracedApp } from './support/traced-app.ts';

let app: TracedApp;
beforeAll(async () => {
  app = await startCallsApp({}, 'grpc-parents-app');
});
afterAll(() => app[Symbol.asyncDispose]());

it('rule 12: a cold Observable: the call belongs to where it was made, not to who subscribes', async () => {
  expect(calls(await app.trace('/later'))).toMatchInlineSnapshot(`
    "
      app INTERNAL maker
        app CLIENT calls.Calls/Unary OK (started after its parent had ended)
          app SERVER calls.Calls/Unary OK
      app INTERNAL subscriber
    "
  `);
});

it('rule 12: switchMap and concatMap: calls in a chain are siblings', async () => {
  const traces = [await app.trace('/switchMap'), await app.trace('/concatMap')];
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
    "
  `);
});

it('rule 12: forkJoin: calls side by side are siblings', async () => {
  expect(calls(await app.trace('/forkJoin'))).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app CLIENT calls.Calls/Download OK
        app SERVER calls.Calls/Download OK
    "
  `);
});

it('rule 12: shareReplay makes one call', async () => {
  expect(calls(await app.trace('/shareReplay'))).toMatchInlineSnapshot(`
    "
      app INTERNAL first
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app INTERNAL second
    "
  `);
});

it('rule 12: retry makes a span each try', async () => {
  expect(calls(await app.trace('/retry'))).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Unary UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app CLIENT calls.Calls/Unary UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Unary UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app CLIENT calls.Calls/Unary UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Unary UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
    "
  `);
});

it('rule 12: timeout, takeUntil and firstValueFrom cancel the call', async () => {
  const traces = [];
  for (const way of ['timeout', 'takeUntil', 'first']) traces.push(await app.trace(`/${way}`));
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Unary CANCELLED
      app CLIENT calls.Calls/Download CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Download CANCELLED
          · left
      app CLIENT calls.Calls/Download CANCELLED ERROR: Cancelled on client
        app SERVER calls.Calls/Download CANCELLED
          · left
    "
  `);
});

it('rule 12: race: the call that wins', async () => {
  expect(calls(await app.trace('/race'))).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
    "
  `);
});

it('rule 12: what runs after the call, also after firstValueFrom, runs in the context of the caller', async () => {
  const traces = [];
  for (const way of ['after', 'afterAwait', 'afterError']) {
    traces.push(await app.trace(`/${way}`));
  }
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app INTERNAL after
      app CLIENT calls.Calls/Unary OK
        app SERVER calls.Calls/Unary OK
      app INTERNAL after
      app CLIENT calls.Calls/Unary UNKNOWN ERROR: Internal server error
        app SERVER calls.Calls/Unary UNKNOWN ERROR: Internal server error
          · exception [TypeError: out of order]
      app INTERNAL after
    "
  `);
});

it('rule 12: each message of a stream is handed on in the context of the caller', async () => {
  const traces = [await app.trace('/afterEach'), await app.trace('/afterEvents')];
  expect(calls(...traces)).toMatchInlineSnapshot(`
    "
      app CLIENT calls.Calls/Download OK
        app SERVER calls.Calls/Download OK
      app INTERNAL one
      app INTERNAL two
      app CLIENT calls.Calls/Download OK
        app SERVER calls.Calls/Download OK
      app INTERNAL metadata
      app INTERNAL one
      app INTERNAL two
      app INTERNAL status
    "
  `);
});
