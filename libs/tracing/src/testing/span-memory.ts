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

/**
 * Waits until the spans that have ended are as wanted; looks again whenever one ends.
 * @throws Error that shows the spans there are, after `timeoutMs` milliseconds
 */
export function waitForSpans(
  memory: SpanMemory,
  predicate: (spans: ReadableSpan[]) => boolean,
  timeoutMs: number,
  tree: () => string,
): Promise<ReadableSpan[]> {
  return new Promise((resolve, reject) => {
    let cause: unknown;
    const look = (): boolean => {
      try {
        cause = undefined;
        if (!predicate(memory.spans)) return false;
      } catch (error) {
        cause = error; // as an expectation of the test's, which may hold later
        return false;
      }
      stop();
      resolve(memory.spans);
      return true;
    };
    const stop = memory.onSpan(() => {
      if (look()) clearTimeout(timer);
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(notSeen(memory.spans.length, timeoutMs, tree()), { cause }));
    }, timeoutMs);
    if (look()) clearTimeout(timer);
  });
}

function notSeen(count: number, timeoutMs: number, tree: string): string {
  const seen = count === 0 ? 'No span has ended.' : `These have ended:\n${tree}`;
  return `waitFor: the spans were not as wanted within ${timeoutMs} ms. ${seen}`;
}
