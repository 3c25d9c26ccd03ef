import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '@shop/otlp/free-port';
import { OtlpReceiver, type Span } from '@shop/otlp';
import { RunningApp } from '../packages/running-app.ts';
import { newTrace } from '../support/tree.ts';
import { send } from './send.ts';
import { situations, type Situation } from './situations.ts';
import { stacks, type Stack } from './stacks.ts';
import { startUpstream } from './start-upstream.ts';

/** What came of each situation. */
export type Recording = ReadonlyMap<Situation, readonly Span[]>;

/** So long nothing more has come when it is taken that all has come. */
const QUIET_MS = 1500;

/** Starts the app under a stack, makes all requests to it, one after the other, and ends it. */
export async function recordSpans(folder: string, stack: Stack): Promise<Recording> {
  const receiver = await OtlpReceiver.start();
  const upstream = await startUpstream();
  try {
    const { script, env } = stacks[stack];
    const app = await RunningApp.start(folder, script, {
      ...env,
      GRPC_PORT: await freePort(),
      CLOSED_PORT: await freePort(),
      UPSTREAM: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    const traces = new Map<Situation, string>();
    try {
      for (const situation of situations) {
        const { traceId, traceparent } = newTrace();
        traces.set(situation, traceId);
        await send(app.url, situation, traceparent);
      }
      const isAnswered = (): boolean =>
        [...traces.values()].every((traceId) =>
          receiver.spansOfTrace(traceId).some(({ kind }) => kind === 'SERVER'),
        );
      await app.waitFor('server span for every request', 10_000, isAnswered);
      await quiet(receiver);
      await app.stop();
    } finally {
      await app.kill();
    }
    return new Map([...traces].map(([one, traceId]) => [one, receiver.spansOfTrace(traceId)]));
  } finally {
    upstream.close().closeAllConnections();
    await receiver.close();
  }
}

/** Servers hear of a caller that has gone after the answer that the request waits for. */
async function quiet(receiver: OtlpReceiver): Promise<void> {
  for (let seen = -1; seen !== receiver.spanCount;) {
    seen = receiver.spanCount;
    await setTimeout(QUIET_MS);
  }
}
