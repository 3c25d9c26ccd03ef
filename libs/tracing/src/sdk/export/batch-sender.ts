import { AsyncResource } from 'node:async_hooks';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { globalErrorHandler, suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ExportFailure } from './export-failure.js';
import type { ExportHealth } from './export-health.js';
import { withinTime } from './within-time.js';

/** What a collector answers to a request that it has accepted. */
export interface Answer {
  /** The number of spans that it did not accept. */
  readonly rejected: number;
  readonly message?: string;
}

/** Sends encoded requests. */
export interface RequestExporter {
  export(request: Uint8Array): Promise<Answer>;
  /** Lets the next request use a new connection. Called only while no request is under way. */
  reconnect(): void;
  /** Closes the connection once every request has been answered. */
  shutdown(): Promise<void>;
  /** Closes the connection, and cuts off requests that are under way. */
  close(): Promise<void>;
}

/** Encoded spans that are sent in one request. */
export interface Batch {
  readonly count: number;
  readonly spans: Uint8Array;
}

/** A batch with its place by age. */
interface NumberedBatch extends Batch {
  readonly number: number;
}

/** The maximum number of requests under way. While export fails, it is one. */
const MAX_CONCURRENT = 8;

/** The milliseconds until a failed request is sent again, which grow with each further failure. */
const FIRST_BACKOFF = 500;
const MAX_BACKOFF = 5000;
const BACKOFF_MULTIPLIER = 1.5;
/** The part of the backoff by which it varies, so that the services of a system do not retry together. */
const JITTER = 0.2;
/** The milliseconds between two attempts while the app closes. */
const CLOSING_BACKOFF = 200;

export interface BatchSenderParts {
  readonly exporter: RequestExporter;
  /** Encodes a request with the spans of a batch. */
  readonly encode: (spans: Uint8Array) => Uint8Array;
  readonly resource: ReadableSpan['resource'];
  readonly health: ExportHealth;
  /** The milliseconds after which a request has failed. */
  readonly timeout: number;
}

/**
 * Sends batches in the order of their age. A batch whose request fails is sent again until it succeeds,
 * unless the collector refuses it for good. Several requests may be under way, so that a slow collector
 * costs time and not spans.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response
 */
export class BatchSender {
  /** Timers are created in this context: that of a request would stay in memory with them. */
  private readonly background = new AsyncResource('nestjs-tracing.export');
  /** The batches that wait, the oldest first. */
  private readonly waiting: NumberedBatch[] = [];
  private readonly underWay = new Map<NumberedBatch, Promise<void>>();
  private spansUnderWay = 0;
  private latest = 0;
  private failures = 0;
  private backoff = FIRST_BACKOFF;
  private retryTimer: NodeJS.Timeout | undefined;
  private lastFailure: ExportFailure | undefined;
  private bytes = 0;
  private ready: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly parts: BatchSenderParts) {}

  /** The bytes of the batches that the collector has not accepted. */
  get size(): number {
    return this.bytes;
  }

  /** The number of spans in requests under way. */
  get countUnderWay(): number {
    return this.spansUnderWay;
  }

  send(batch: Batch): void {
    this.waiting.push({ ...batch, number: ++this.latest });
    this.bytes += batch.spans.length;
    this.background.runInAsyncScope(() => this.start());
  }

  /** Sends all batches at once. Rejects with an `ExportFailure` if one of the requests fails. */
  async flush(): Promise<void> {
    const { latest, failures } = this;
    this.endBackoff();
    while (this.holdsUpTo(latest) && this.retryTimer === undefined && !this.isClosed) {
      this.start();
      await Promise.race(this.underWay.values());
    }
    if (this.failures > failures && this.lastFailure !== undefined) throw this.lastFailure;
  }

  /**
   * Sends all batches, again and again if the collector has worked until now and may work soon, until
   * `close()` is called. Rejects with an `ExportFailure`.
   */
  async flushUntilClosed(): Promise<void> {
    const { isProven } = this.parts.health;
    for (;;) {
      try {
        return await this.flush();
      } catch (failure) {
        const isOver = this.waiting.length === 0 || this.isClosed;
        if (isOver || !isProven) throw failure;
        await new Promise((resolve) => setTimeout(resolve, CLOSING_BACKOFF));
      }
    }
  }

  /**
   * Takes all batches that the collector has not accepted, and stops sending. Whether those under way will
   * arrive is not known, so they are among them.
   */
  takeAll(): Batch[] {
    this.isClosed = true;
    return [...this.underWay.keys(), ...this.waiting.splice(0)];
  }

  /** Stops sending, and cuts off requests that are under way. */
  close(): Promise<void> {
    this.isClosed = true;
    this.endBackoff();
    return this.parts.exporter.close();
  }

  private holdsUpTo(number: number): boolean {
    const [oldest] = this.waiting;
    if (oldest !== undefined && oldest.number <= number) return true;
    return [...this.underWay.keys()].some((one) => one.number <= number);
  }

  /** Starts as many requests as may be under way. */
  private start(): void {
    while (this.retryTimer === undefined && !this.isClosed && this.mayStart()) {
      const batch = this.waiting.shift();
      if (batch === undefined) return;
      this.spansUnderWay += batch.count;
      const sending = this.sendBatch(batch).then(() => {
        this.underWay.delete(batch);
        this.spansUnderWay -= batch.count;
        this.start();
      });
      this.underWay.set(batch, sending);
    }
  }

  private mayStart(): boolean {
    const isFailing = this.backoff > FIRST_BACKOFF;
    return this.underWay.size < (isFailing ? 1 : MAX_CONCURRENT);
  }

  private async sendBatch(batch: NumberedBatch): Promise<void> {
    const { health } = this.parts;
    try {
      const { rejected, message } = await this.request(batch);
      this.backoff = FIRST_BACKOFF;
      this.endBackoff();
      this.bytes -= batch.spans.length;
      const refused = Math.min(rejected, batch.count);
      health.hasExported(batch.count - refused);
      if (refused > 0) health.hasDropped('rejected', refused, message);
    } catch (error) {
      this.hasFailed(batch, new ExportFailure(error));
    }
  }

  private async request({ spans }: Batch): Promise<Answer> {
    await this.whenReady();
    const { encode, exporter, timeout } = this.parts;
    const request = encode(spans);
    const answered = context.with(suppressTracing(ROOT_CONTEXT), () => exporter.export(request));
    return withinTime(answered, timeout);
  }

  private hasFailed(batch: NumberedBatch, failure: ExportFailure): void {
    const { health } = this.parts;
    this.failures++;
    this.lastFailure = failure;
    if (this.isClosed) return this.keep(batch);
    health.hasFailed(failure);
    if (failure.isRetryable) {
      this.keep(batch);
      this.waitBeforeRetry(failure.retryDelay);
    } else {
      this.bytes -= batch.spans.length;
      health.hasDropped('exportFailed', batch.count);
    }
  }

  /** Puts a batch back in its place by age. */
  private keep(batch: NumberedBatch): void {
    const later = this.waiting.findIndex(({ number }) => number > batch.number);
    this.waiting.splice(later < 0 ? this.waiting.length : later, 0, batch);
  }

  private waitBeforeRetry(delay: number | undefined): void {
    if (this.retryTimer !== undefined) return;
    const jitter = 1 + JITTER * (2 * Math.random() - 1);
    const wait = delay ?? this.backoff * jitter;
    this.backoff = Math.min(this.backoff * BACKOFF_MULTIPLIER, MAX_BACKOFF);
    this.retryTimer = this.background.runInAsyncScope(() =>
      setTimeout(() => {
        this.endBackoff();
        this.start();
      }, wait).unref(),
    );
  }

  private endBackoff(): void {
    if (this.retryTimer === undefined) return;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    if (this.underWay.size === 0 && !this.isClosed) this.parts.exporter.reconnect();
  }

  /** Resolves once the resource is known. */
  private whenReady(): Promise<void> | undefined {
    const { resource } = this.parts;
    if (!resource.asyncAttributesPending) return undefined;
    return (this.ready ??= Promise.resolve(resource.waitForAsyncAttributes?.()).catch(
      globalErrorHandler,
    ));
  }
}
