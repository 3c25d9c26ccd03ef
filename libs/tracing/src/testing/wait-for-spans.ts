import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanMemory } from './span-memory.js';

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
