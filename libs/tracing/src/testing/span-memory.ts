import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Keeps ended spans in memory. */
export class SpanMemory implements SpanProcessor {
  private ended: ReadableSpan[] = [];
  private readonly listeners = new Set<() => void>();

  get spans(): ReadableSpan[] {
    return [...this.ended];
  }

  /** Calls a function for each span that ends, until the returned function is called. */
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
 * Waits until a predicate returns true for the ended spans. It is called whenever a span ends.
 * @throws Error with the tree of the ended spans after `timeoutMs` milliseconds
 */
export function waitForSpans(
  memory: SpanMemory,
  predicate: (spans: ReadableSpan[]) => boolean,
  timeoutMs: number,
  tree: () => string,
): Promise<ReadableSpan[]> {
  return new Promise((resolve, reject) => {
    let cause: unknown;
    const check = (): boolean => {
      try {
        cause = undefined;
        if (!predicate(memory.spans)) return false;
      } catch (error) {
        cause = error; // for example of an expectation, which may be met later
        return false;
      }
      stop();
      resolve(memory.spans);
      return true;
    };
    const stop = memory.onSpan(() => {
      if (check()) clearTimeout(timer);
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(notSeen(memory.spans.length, timeoutMs, tree()), { cause }));
    }, timeoutMs);
    if (check()) clearTimeout(timer);
  });
}

function notSeen(count: number, timeoutMs: number, tree: string): string {
  const seen = count === 0 ? 'No span has ended.' : `Ended spans:\n${tree}`;
  return `waitFor: the predicate did not return true within ${timeoutMs} ms. ${seen}`;
}
