import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ExportConnections } from './export-connections.js';
import { GrpcChannel } from './grpc-channel.js';
import { withinTime } from './within-time.js';

/** Milliseconds for calls to fail after their connection was destroyed. */
const LIMIT = 100;

/**
 * An exporter that can always be closed. `BatchSpanProcessor` does not shut its exporter down when the last
 * flush has failed or takes too long: its channel would stay open, and calls would keep the process alive.
 */
export class ClosableExporter implements SpanExporter {
  private readonly connections = new ExportConnections();
  private readonly channel: GrpcChannel;
  private ending: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly exporter: SpanExporter) {
    this.channel = new GrpcChannel(exporter);
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    // A processor that waited for the resource may export late, which would open the channel again.
    if (this.isClosed) done({ code: ExportResultCode.FAILED, error: new Error('closed') });
    else this.connections.run(() => this.exporter.export(spans, done));
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  /** Closes the channel once every call has ended. */
  shutdown(): Promise<void> {
    return (this.ending ??= this.exporter.shutdown());
  }

  /** Closes the channel, and cuts off what is still under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.channel.close();
    this.connections.close();
    await withinTime(this.shutdown(), LIMIT).catch(() => undefined);
  }
}
