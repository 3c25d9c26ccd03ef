import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../../test-support/span-recorder.js';
import { readSettings } from '../../options/read-settings.js';
import { SpanEncoder } from './span-encoder.js';
import { SpanQueue } from './span-queue.js';

const { settings } = readSettings({ service: 'test', backend: 'jaeger' }, { env: {} });

let recorder: SpanRecorder;
beforeEach(() => (recorder = new SpanRecorder()));
afterEach(() => recorder.dispose());

/** A queue whose requests are answered in the next turn of the event loop. */
function start(onRequest: () => void): { queue: SpanQueue; end: (count: number) => void } {
  const exporter = {
    export(_request: Uint8Array, done: (result: ExportResult) => void) {
      onRequest();
      setImmediate(() => done({ code: ExportResultCode.SUCCESS }));
    },
    shutdown: () => Promise.resolve(),
  };
  const batching = { ...settings.batching, maxExportBatchSize: 1, maxQueueSize: 10_000 };
  const encoder = new SpanEncoder(settings, {});
  const queue = new SpanQueue(encoder, exporter, emptyResource(), batching);
  const end = (count: number): void => {
    for (let i = 0; i < count; i++) recorder.tracer.startSpan('span').end();
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

it('rule 22: several flushes at once all end, also with nothing to send', async () => {
  let sent = 0;
  const { queue, end } = start(() => sent++);
  await queue.forceFlush();
  end(30);
  await Promise.all([queue.forceFlush(), queue.forceFlush(), queue.forceFlush()]);
  expect(sent).toBe(30);
});
