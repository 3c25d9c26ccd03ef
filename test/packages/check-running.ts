import assert from 'node:assert/strict';
import { freePort } from '@shop/otlp/free-port';
import { OtlpReceiver } from '@shop/otlp';
import { isWhole, newTrace, tree } from '../support/tree.ts';
import type { ExpectedTrace } from './expected-traces.ts';
import { RunningApp } from './running-app.ts';

const WARN = 40;

/** Runs a built app: each request is one trace at a real receiver, and a line carries its id. */
export async function checkRunning(
  folder: string,
  script: string,
  expected: readonly ExpectedTrace[],
): Promise<void> {
  const receiver = await OtlpReceiver.start();
  try {
    const app = await RunningApp.start(folder, script, {
      GRPC_PORT: await freePort(),
      TCP_PORT: await freePort(),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    try {
      for (const one of expected) await checkTrace(app, receiver, one);
      checkNoComplaint(app);
      await app.stop();
    } finally {
      await app.kill();
    }
  } finally {
    await receiver.close();
  }
}

async function checkTrace(
  app: RunningApp,
  receiver: OtlpReceiver,
  expected: ExpectedTrace,
): Promise<void> {
  const { traceId, traceparent } = newTrace();
  const response = await fetch(app.url + expected.path, {
    method: expected.method ?? 'GET',
    headers: { traceparent },
    signal: AbortSignal.timeout(10_000),
  });
  assert.deepEqual(await response.json(), expected.answer, app.said);
  const count = expected.tree.match(/^ *shop /gm)?.length ?? 0;
  await receiver.waitFor(
    (spans) => isWhole(spans, traceId) && receiver.spansOfTrace(traceId).length >= count,
  );
  assert.equal(treeOf(receiver, traceId), expected.tree);
  const isOfTrace = (line: Record<string, unknown>): boolean =>
    line['msg'] === expected.line && line['trace_id'] === traceId;
  await app.waitFor('line with the id of the trace', 5000, () => app.lines.some(isOfTrace));
}

/**
 * Without the line of pino-http, which nestjs-pino does not write on Fastify under Nest 12, and whether
 * an event came when its producer was through with it.
 */
function treeOf(receiver: OtlpReceiver, traceId: string): string {
  return tree(
    receiver.spansOfTrace(traceId).map((span) => ({
      ...span,
      events: span.events.filter(({ name }) => !name.startsWith('request ')),
    })),
  ).replace(' (started after its parent had ended)', '');
}

function checkNoComplaint(app: RunningApp): void {
  assert.equal(app.errors, '');
  assert.deepEqual(
    app.lines.filter((line) => Number(line['level']) >= WARN),
    [],
  );
}
