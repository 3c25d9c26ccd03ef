import { AsyncResource } from 'node:async_hooks';
import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Batching } from '../../options/settings.js';
import type { UnsentRequest } from './blocking-export.js';
import { BatchSender, type RequestExporter } from './batch-sender.js';
import type { ExportHealth } from './export-health.js';
import type { SpanEncoder } from './span-encoder.js';

/** The maximum number of ended spans that wait to be encoded, which keeps them from growing old. */
const MAX_PENDING = 128;
const MAX_BATCH_SIZE = 512;
/** Milliseconds. */
const SCHEDULE_DELAY = 5000;
const EXPORT_TIMEOUT = 30_000;

export interface SpanQueueParts {
  readonly encoder: SpanEncoder;
  readonly exporter: RequestExporter;
  readonly resource: ReadableSpan['resource'];
  readonly batching: Batching;
  readonly health: ExportHealth;
}

/**
 * The queue between the spans that end and the exporter. It behaves as the batch span processor of the
 * OpenTelemetry SDK does, with these differences: spans are encoded soon after they have ended, so that the
 * queue holds bytes instead of objects; its size is limited in bytes; and spans stay in the queue until the
 * collector has accepted them.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
 */
export class SpanQueue implements SpanProcessor {
  private readonly encoder: SpanEncoder;
  private readonly exporter: RequestExporter;
  private readonly resource: ReadableSpan['resource'];
  private readonly health: ExportHealth;
  private readonly sender: BatchSender;
  private readonly maxSpans: number;
  private readonly maxBytes: number;
  private readonly maxBatchSize: number;
  private readonly delay: number;
  /** Timers are created in this context: that of a request would stay in memory with them. */
  private readonly background = new AsyncResource('nestjs-tracing.queue');
  private readonly pending: ReadableSpan[] = [];
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ending: Promise<void> | undefined;

  constructor({ encoder, exporter, resource, batching, health }: SpanQueueParts) {
    this.encoder = encoder;
    this.exporter = exporter;
    this.resource = resource;
    this.health = health;
    this.maxSpans = batching.maxQueueSize ?? Infinity;
    this.maxBytes = batching.maxQueueBytes;
    this.maxBatchSize = Math.min(batching.maxExportBatchSize ?? MAX_BATCH_SIZE, this.maxSpans);
    this.delay = batching.scheduledDelayMillis ?? SCHEDULE_DELAY;
    this.sender = new BatchSender({
      exporter,
      encode: (spans) => encoder.encode(resource, spans),
      resource,
      health,
      timeout: batching.exportTimeoutMillis ?? EXPORT_TIMEOUT,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    const { health } = this;
    health.hasEnded();
    if (this.ending !== undefined) return health.hasDropped('shutdown', 1);
    const waiting = health.queued - this.sender.countUnderWay;
    if (waiting > this.maxSpans || this.isFull) return health.hasDropped('queueFull', 1);
    this.pending.push(span);
    if (this.pending.length >= MAX_PENDING) this.encodePending();
    else this.immediate ??= this.background.runInAsyncScope(setImmediate, null, this.encodeSoon);
  }

  /** Sends the spans that have ended until now. Rejects if a request fails. */
  async forceFlush(): Promise<void> {
    this.encodePending();
    this.seal();
    await this.sender.flush();
  }

  shutdown(): Promise<void> {
    return (this.ending ??= this.end());
  }

  /** Stops sending, and drops the spans that are left. Takes about 100 ms at most. */
  async close(): Promise<void> {
    this.ending ??= Promise.resolve();
    clearTimeout(this.timer);
    await this.sender.close();
    this.health.end();
  }

  /** Takes the spans that the collector has not accepted, as requests. */
  takeUnsent(): UnsentRequest[] {
    this.encodePending();
    this.seal();
    return this.sender.takeAll().map(({ count, spans }) => ({
      count,
      bytes: this.encoder.encode(this.resource, spans),
    }));
  }

  private async end(): Promise<void> {
    this.encodePending();
    this.seal();
    await this.sender.flushUntilClosed();
    await this.exporter.shutdown();
  }

  private get isFull(): boolean {
    return this.encoder.size + this.sender.size >= this.maxBytes;
  }

  private readonly encodeSoon = (): void => {
    this.immediate = undefined;
    this.encodePending();
  };

  private encodePending(): void {
    for (const span of this.pending) {
      if (this.isFull) {
        this.health.hasDropped('queueFull', 1);
        continue;
      }
      this.encoder.add(span);
      if (this.encoder.count >= this.maxBatchSize || this.encoder.isFull) this.seal();
    }
    this.pending.length = 0;
    if (this.encoder.count > 0) this.startTimer();
  }

  private startTimer(): void {
    if (this.timer !== undefined) return;
    this.timer = this.background.runInAsyncScope(() =>
      setTimeout(() => this.seal(), this.delay).unref(),
    );
  }

  /** Makes the encoded spans a batch, and sends it. */
  private seal(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { count } = this.encoder;
    if (count > 0) this.sender.send({ count, spans: this.encoder.take() });
  }
}
