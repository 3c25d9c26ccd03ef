import { AsyncResource } from 'node:async_hooks';
import { context, diag, ROOT_CONTEXT, TraceFlags } from '@opentelemetry/api';
import {
  ExportResultCode,
  globalErrorHandler,
  suppressTracing,
  type ExportResult,
} from '@opentelemetry/core';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Batching } from '../../options/settings.js';
import { withinTime } from './within-time.js';
import type { SpanEncoder } from './span-encoder.js';

/** Sends encoded requests. */
export interface RequestExporter {
  export(request: Uint8Array, done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

/** A batch of spans that waits to be sent. */
interface Batch {
  readonly count: number;
  readonly spans: Uint8Array;
}

/** The maximum number of ended spans that wait to be encoded, which keeps them from growing old. */
const MAX_PENDING = 128;
/** The maximum number of requests under way. */
const MAX_CONCURRENT = 8;

/**
 * The queue between the spans that end and the exporter. It behaves as the batch span processor of the
 * OpenTelemetry SDK does, with two differences: spans are encoded soon after they have ended, so that the
 * queue holds bytes instead of objects, and several requests may be under way, so that a slow collector
 * costs time and not spans.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
 */
export class SpanQueue implements SpanProcessor {
  private readonly maxQueueSize: number;
  private readonly maxBatchSize: number;
  private readonly delay: number;
  private readonly timeout: number;
  /** Timers are created in this context: that of a request would stay in memory with them. */
  private readonly background = new AsyncResource('nestjs-tracing.export');
  private readonly pending: ReadableSpan[] = [];
  private readonly batches: Batch[] = [];
  private readonly underWay = new Set<Promise<void>>();
  /** The number of spans that are not under way yet. */
  private queued = 0;
  private dropped = 0;
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ready: Promise<void> | undefined;
  private ending: Promise<void> | undefined;

  constructor(
    private readonly encoder: SpanEncoder,
    private readonly exporter: RequestExporter,
    private readonly resource: ReadableSpan['resource'],
    batching: Batching,
  ) {
    this.maxQueueSize = batching.maxQueueSize ?? 2048;
    this.maxBatchSize = Math.min(batching.maxExportBatchSize ?? 512, this.maxQueueSize);
    this.delay = batching.scheduledDelayMillis ?? 5000;
    this.timeout = batching.exportTimeoutMillis ?? 30_000;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.ending !== undefined) return;
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.queued >= this.maxQueueSize) {
      this.dropped++;
      return;
    }
    this.queued++;
    this.pending.push(span);
    if (this.pending.length >= MAX_PENDING) this.encodePending();
    else this.immediate ??= this.background.runInAsyncScope(setImmediate, null, this.encodeSoon);
  }

  /** Sends the spans that have ended until now. Rejects if a request fails. */
  async forceFlush(): Promise<void> {
    this.encodePending();
    this.seal();
    const failures: unknown[] = [];
    const send = (): void => this.send((error) => failures.push(error));
    const flushed = new Set(this.batches);
    await this.whenReady();
    send();
    while (this.batches.some((batch) => flushed.has(batch))) {
      await Promise.race(this.underWay);
      send();
    }
    await Promise.all(this.underWay);
    if (failures.length > 0) throw failures[0];
  }

  shutdown(): Promise<void> {
    return (this.ending ??= this.forceFlush().then(() => this.exporter.shutdown()));
  }

  private readonly encodeSoon = (): void => {
    this.immediate = undefined;
    this.encodePending();
  };

  private encodePending(): void {
    for (const span of this.pending) {
      this.encoder.add(span);
      if (this.encoder.count >= this.maxBatchSize || this.encoder.isFull) this.seal();
    }
    this.pending.length = 0;
    if (this.batches.length > 0) this.sendInBackground();
    if (this.encoder.count > 0) this.startTimer();
  }

  private sendInBackground(): void {
    void this.background.runInAsyncScope(async () => {
      await this.whenReady();
      this.send(globalErrorHandler);
    });
  }

  private startTimer(): void {
    if (this.timer !== undefined) return;
    const flush = (): void => {
      this.timer = undefined;
      this.seal();
      this.sendInBackground();
    };
    this.timer = this.background.runInAsyncScope(() => setTimeout(flush, this.delay).unref());
  }

  /** Makes the encoded spans a batch. */
  private seal(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { count } = this.encoder;
    if (count > 0) this.batches.push({ count, spans: this.encoder.take() });
  }

  /** Resolves once the resource is known. */
  private whenReady(): Promise<void> {
    const { resource } = this;
    if (!resource.asyncAttributesPending) return READY;
    return (this.ready ??= Promise.resolve(resource.waitForAsyncAttributes?.()).catch(
      globalErrorHandler,
    ));
  }

  /** Sends as many batches as may be under way. */
  private send(onFailure: (error: Error) => void): void {
    while (this.underWay.size < MAX_CONCURRENT) {
      const batch = this.batches.shift();
      if (batch === undefined) return;
      this.queued -= batch.count;
      this.reportDropped();
      const sending = this.sendBatch(batch)
        .catch(onFailure)
        .then(() => {
          this.underWay.delete(sending);
          this.send(onFailure);
        });
      this.underWay.add(sending);
    }
  }

  private async sendBatch({ spans }: Batch): Promise<void> {
    const request = this.encoder.encode(this.resource, spans);
    const sent = new Promise<void>((resolve, reject) => {
      const done = ({ code, error }: ExportResult): void => {
        if (code === ExportResultCode.SUCCESS) resolve();
        else reject(error ?? new Error('The export of a batch of spans has failed'));
      };
      context.with(suppressTracing(ROOT_CONTEXT), () => this.exporter.export(request, done));
    });
    await withinTime(sent, this.timeout);
  }

  private reportDropped(): void {
    if (this.dropped === 0) return;
    diag.warn(`Dropped ${this.dropped} spans because maxQueueSize reached`);
    this.dropped = 0;
  }
}

const READY = Promise.resolve();
