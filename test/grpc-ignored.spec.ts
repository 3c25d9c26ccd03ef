import { freePort } from '@shop/otlp/free-port';
import { expect, it } from 'vitest';
import { startCallsApp } from './support/calls-app.ts';
import { rawGrpcCall } from './support/raw-grpc-call.ts';
import { newTrace } from './support/tree.ts';

it('rule 29: under an ignored gRPC call nothing is recorded, and an unsampled context goes on', async () => {
  const GRPC_URL = `127.0.0.1:${await freePort()}`;
  const env = { GRPC_URL, TRACING_IGNORE: 'calls.Calls/Unary' };
  await using app = await startCallsApp(env, 'grpc-ignored-app');
  const { traceId, traceparent } = newTrace();
  const sentBelow = async (path: string): Promise<string> =>
    (await rawGrpcCall(GRPC_URL, path, 'x', { traceparent })).text;

  const unsampled = new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`);
  expect(await sentBelow('/grpc.health.v1.Health/Check')).toMatch(unsampled);
  expect(await sentBelow('/grpc.health.v1.Health/Watch')).toMatch(unsampled);
  expect(await sentBelow('/calls.Calls/Unary')).toMatch(unsampled);
  expect(await sentBelow('/calls.Calls/Download')).toMatch(/-01$/);
  const alone = await rawGrpcCall(GRPC_URL, '/grpc.health.v1.Health/Check', 'x');
  expect(alone.text).toMatch(/-00$/);

  await app.stop();
  expect(app.receiver.spans.map((span) => span.name).toSorted()).toEqual([
    'Answers.download',
    'Checks.run',
    'SELECT 1',
    'calls.Calls/Download',
  ]);
});
