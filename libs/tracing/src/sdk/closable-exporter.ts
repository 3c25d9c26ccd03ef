import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ExportConnections } from './export-connections.js';
import { withinTime } from './within-time.js';

/** Milliseconds for calls that were cut off to hear of it. */
const LIMIT = 100;

/**
 * Closes an exporter for certain. `BatchSpanProcessor` does not shut its exporter down when the last flush
 * has failed or takes too long, and the exporter's channel would stay.
 */
export class ClosableExporter implements SpanExporter {
  private readonly connections: ExportConnections;
  private ending: Promise<void> | undefined;

  constructor(
    private readonly exporter: SpanExporter,
    endpoint: string,
  ) {
    this.connections = new ExportConnections(endpoint);
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.connections.run(() => this.exporter.export(spans, done));
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  /** Closes the channel once every call has ended. */
  shutdown(): Promise<void> {
    return (this.ending ??= this.exporter.shutdown());
  }

  /** Cuts off what is still under way, and closes the channel. */
  async close(): Promise<void> {
    this.connections.close();
    await withinTime(this.shutdown(), LIMIT).catch(() => undefined);
  }
}
