import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Limits } from './span-limits.js';
import { withLateEvents } from './with-late-events.js';

/** Makes the late events of the spans that it hands on: off the path of the requests they belong to. */
export class LateEventsExporter implements SpanExporter {
  constructor(
    private readonly exporter: SpanExporter,
    private readonly limits: Limits,
  ) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.exporter.export(
      spans.map((span) => withLateEvents(span, this.limits)),
      done,
    );
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}
