import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ExportConnections } from './export-connections.js';
import { GrpcChannel } from './grpc-channel.js';
import { withinTime } from './within-time.js';

/** Milliseconds for calls that were cut off to hear of it. */
const LIMIT = 100;

/**
 * Closes an exporter for certain. `BatchSpanProcessor` does not shut its exporter down when the last flush
 * has failed or takes too long: the channel would stay, and calls under way would hold the process.
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
    // A processor that has waited for the resource comes late, and would open the channel anew.
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
