import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { preciseNow } from '../span/clock.js';

/** Keeps the spans that have ended, and knows in which order they began. */
export class SpanMemory implements SpanProcessor {
  private ended: ReadableSpan[] = [];
  private readonly starts = new WeakMap<ReadableSpan, number>();
  private readonly listeners = new Set<() => void>();

  get spans(): ReadableSpan[] {
    return [...this.ended];
  }

  /**
   * When a span began, in milliseconds. The SDK's own clock goes by whole milliseconds: for a start
   * that it gave, the moment at which the span was made stands instead, so that the order is right.
   */
  startOf(span: ReadableSpan): number {
    const [seconds, nanoseconds] = span.startTime;
    const made = this.starts.get(span);
    const isWhole = nanoseconds % 1e6 === 0;
    return isWhole && made !== undefined ? made : seconds * 1e3 + nanoseconds / 1e6;
  }

  /** Calls a function for each span that ends from now on, until told to stop. */
  onSpan(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  clear(): void {
    this.ended = [];
  }

  onStart(span: Span): void {
    this.starts.set(span, preciseNow());
  }

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
