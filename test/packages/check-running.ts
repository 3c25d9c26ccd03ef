import assert from 'node:assert/strict';
import { OtlpReceiver } from '@shop/otlp';
import { isWhole, newTrace, tree } from '../support/tree.ts';
import { RunningApp } from './running-app.ts';

const WARN = 40;

/** Runs a built app: a request is one trace at a real receiver, and its line carries the trace's id. */
export async function checkRunning(folder: string, script: string): Promise<void> {
  const receiver = await OtlpReceiver.start();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
  try {
    const app = await RunningApp.start(folder, script, env);
    try {
      await checkTrace(app, receiver);
      checkNoComplaint(app);
      await app.stop();
    } finally {
      await app.kill();
    }
  } finally {
    await receiver.close();
  }
}

async function checkTrace(app: RunningApp, receiver: OtlpReceiver): Promise<void> {
  const { traceId, traceparent } = newTrace();
  const response = await fetch(`${app.url}/orders/7`, {
    headers: { traceparent },
    signal: AbortSignal.timeout(10_000),
  });
  assert.deepEqual(await response.json(), { id: '7' });
  await receiver.waitFor((spans) => isWhole(spans, traceId));
  assert.equal(treeOf(receiver, traceId), EXPECTED);
  const isOfTrace = (line: Record<string, unknown>): boolean =>
    line['msg'] === 'finding an order' && line['trace_id'] === traceId;
  await app.waitFor('line with the id of the trace', 5000, () => app.lines.some(isOfTrace));
}

const EXPECTED = `
shop SERVER GET /orders/:id 200
  shop INTERNAL OrdersController.find
    shop INTERNAL OrdersService.find
      · info finding an order
`;

/** Without the line of pino-http, which nestjs-pino does not write on Fastify under Nest 12. */
function treeOf(receiver: OtlpReceiver, traceId: string): string {
  return tree(
    receiver.spansOfTrace(traceId).map((span) => ({
      ...span,
      events: span.events.filter(({ name }) => !name.startsWith('request ')),
    })),
  );
}

function checkNoComplaint(app: RunningApp): void {
  assert.equal(app.errors, '');
  assert.deepEqual(
    app.lines.filter((line) => Number(line['level']) >= WARN),
    [],
  );
}
