import { ROOT_CONTEXT } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';
import { readSettings } from '../../options/read-settings.js';
import type { RequestExporter } from './batch-sender.js';
import { ExportHealth } from './export-health.js';
import { SpanEncoder } from './span-encoder.js';
import { SpanQueue } from './span-queue.js';

const { settings } = readSettings({ service: 'test', backend: 'jaeger' }, { env: {} });

let recorder: SpanRecorder;
beforeEach(() => (recorder = new SpanRecorder()));
afterEach(() => recorder.dispose());

/** @param answer calls its argument when the receiver has answered */
function start(
  onRequest: () => void,
  answer: (done: () => void) => void = setImmediate,
): { queue: SpanQueue; end: (count: number) => void } {
  const exporter: RequestExporter = {
    async export() {
      onRequest();
      await new Promise<void>((resolve) => answer(resolve));
      return { rejected: 0 };
    },
    reconnect: () => undefined,
    shutdown: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const batching = { ...settings.batching, maxExportBatchSize: 1, maxQueueSize: 10_000 };
  const encoder = new SpanEncoder(settings, {});
  const health = new ExportHealth('http://localhost:4317', '10000 spans');
  const queue = new SpanQueue({ encoder, exporter, resource: emptyResource(), batching, health });
  const end = (count: number): void => {
    for (let i = 0; i < count; i++) recorder.tracer.startSpan('span', {}, ROOT_CONTEXT).end();
    for (const span of recorder.spans) queue.onEnd(span);
    recorder.reset();
  };
  return { queue, end };
}

it('rule 22: a flush ends although spans keep ending, and has sent what had ended before', async () => {
  let sent = 0;
  const { queue, end } = start(() => {
    sent++;
    if (sent < 500) end(1);
  });
  end(30);
  await queue.forceFlush();
  expect(sent).toBeGreaterThanOrEqual(30);
  expect(sent).toBeLessThan(500);
  await queue.shutdown();
});

it('rule 22: a flush ends whenever it begins while a request is answered', async () => {
  let sent = 0;
  const { queue, end } = start(
    () => sent++,
    (done) => done(),
  );
  for (let microtasks = 0; microtasks < 30; microtasks++) {
    end(128); // so many are encoded at once
    for (let i = 0; i < microtasks; i++) await Promise.resolve();
    await queue.forceFlush();
  }
  expect(sent).toBe(30 * 128);
});
