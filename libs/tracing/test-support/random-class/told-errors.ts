import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { World } from './world.js';

/** The spans that errors have passed, by the error and the trace. */
export class RecordedErrors {
  private readonly passed = new Map<unknown, Map<string, ReadableSpan[]>>();

  pass(error: unknown, span: ReadableSpan): void {
    const traces = this.passed.get(error) ?? new Map<string, ReadableSpan[]>();
    const { traceId } = span.spanContext();
    const spans = traces.get(traceId) ?? [];
    if (!spans.includes(span)) spans.push(span);
    this.passed.set(error, traces.set(traceId, spans));
  }

  /** One event for an error object in a trace, and one on each span for what is no object (rule 3). */
  check(world: World, mayBeRecordedElsewhere: boolean): string[] {
    const problems: string[] = [];
    for (const [error, traces] of this.passed) {
      const isObject = typeof error === 'object' && error !== null;
      for (const spans of traces.values()) {
        const counts = spans.map(exceptionsOf);
        const told = counts.reduce((sum, count) => sum + count, 0);
        const wanted = isObject ? 1 : spans.length;
        const isRight = told === wanted || (told < wanted && mayBeRecordedElsewhere);
        if (!isRight || Math.max(...counts) > 1)
          problems.push(
            `${world.show(error)} is told ${counts.join()} times by ${spans.map(({ name }) => name).join()}`,
          );
      }
    }
    return problems;
  }
}

export function exceptionsOf({ events }: ReadableSpan): number {
  return events.filter(({ name }) => name === 'exception').length;
}
