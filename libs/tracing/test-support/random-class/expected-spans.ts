import type { Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { tracingOf } from './class-plan.js';
import type { Call, Outcome, Run } from './run.js';
import type { World } from './world.js';

/** A span that a call should have, known by its id. */
export interface ExpectedSpan {
  readonly id: string;
  readonly outcome: Outcome;
  /** Whether it may be missing: nothing says that it was ever begun. */
  readonly isOptional: boolean;
}

/** `unknown`: the work cannot be followed from outside, as that of a stream which reads ahead. */
export type Timing = 'at once' | 'when asked' | 'each run' | 'unknown';

/** When a call's spans begin (rule 2): with the call, with the first `then`, or with each run. */
export function timingOf(call: Call): Timing {
  if (typeof call.runs[0]?.outcome === 'object' && !isWaiting(call)) return 'at once';
  const { shape, variant } = call.maker ?? {};
  if (shape === 'observable') return 'each run';
  if (shape === 'special promise') return 'when asked';
  if (shape === 'readable') return 'unknown';
  if (shape !== 'thenable' && shape !== 'iterable' && shape?.includes('generator') !== true)
    return 'at once';
  if (variant === 'frozen' || variant === 'fixed') return 'at once';
  return shape === 'iterable' && variant === 'never' ? 'unknown' : 'each run';
}

/** Whether an error of the body is one that the promise brings, and no throw. */
function isWaiting({ method, runs }: Call): boolean {
  return method?.shape.includes('promise') === true && runs[0]?.hasReturned === true;
}

export class ExpectedSpans {
  constructor(
    private readonly world: World,
    private readonly started: ReadonlyMap<string, ReadableSpan>,
  ) {}

  isTraced({ method }: Call): boolean {
    return method !== undefined && tracingOf(this.world.plan, method) !== undefined;
  }

  of(call: Call): ExpectedSpan[] {
    const timing = timingOf(call);
    const [body] = call.runs;
    if (body === undefined) return [];
    const ofBody = { id: idOf(body.span), outcome: undefined, isOptional: true };
    if (timing === 'unknown') return [ofBody];
    if (timing === 'each run') return [ofBody, ...this.ofRuns(call)];
    const source = sourceOf(call);
    const isOptional = timing === 'when asked' && source.asked === 0;
    return [{ id: idOf(body.span), outcome: source.runs[0]?.outcome, isOptional }];
  }

  /** Where a result is passed on, each run of it is one of the outer call too, around the inner. */
  private ofRuns(call: Call): ExpectedSpan[] {
    if (call.passed === undefined) return call.runs.slice(1).map((run, index) => ofRun(run, index));
    const inner = this.ofRuns(call.passed);
    if (!this.isTraced(call.passed)) return inner;
    return inner.flatMap(({ id, ...rest }) => {
      const outer = this.started.get(id)?.parentSpanContext?.spanId;
      return outer === undefined ? [] : [{ id: outer, ...rest }];
    });
  }
}

function ofRun(run: Run, index: number): ExpectedSpan {
  const isOptional = index > 0 && run.call.method?.shape === 'thenable';
  return { id: idOf(run.span), outcome: run.outcome, isOptional };
}

/** The call that made what this one returned. */
function sourceOf(call: Call): Call {
  return call.passed === undefined ? call : sourceOf(call.passed);
}

export function idOf(span: Span | undefined): string {
  return span?.spanContext().spanId ?? 'none';
}
