import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Keeps the spans that have ended. */
export class SpanMemory implements SpanProcessor {
  private ended: ReadableSpan[] = [];
  private readonly listeners = new Set<() => void>();

  get spans(): ReadableSpan[] {
    return [...this.ended];
  }

  /** Calls a function for each span that ends from now on, until told to stop. */
  onSpan(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  clear(): void {
    this.ended = [];
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    this.ended.push(span);
    for (const listener of this.listeners) listener();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
