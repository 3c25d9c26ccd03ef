import type { Attributes } from '@opentelemetry/api';
import type { TracingApp } from './tracing-app.js';
import { readableAttributes } from './attributes.js';
import { callUsersFunction } from './call-users-function.js';
import type { DeferredSpan } from './deferred-span.js';
import { recordError } from './errors/record-error.js';

export interface OutcomeRules {
  /** Whether what was thrown is an error of the span; by default rule 4 decides. */
  readonly isError?: ((error: unknown) => boolean) | undefined;
  /** What the value tells of itself. */
  readonly result?: ((value: never) => Attributes) | undefined;
}

/** How the calls of a method end: with what that leaves on their spans, and with the spans' end. */
export class Outcome {
  constructor(
    private readonly app: Pick<TracingApp, 'warn'>,
    /** The method, as messages name it. */
    readonly method: string,
    private readonly rules: OutcomeRules,
  ) {}

  succeed(span: DeferredSpan, value: unknown): void {
    const { result } = this.rules;
    if (result !== undefined && span.isRecording()) {
      const told = callUsersFunction(this.app, `'result' of ${this.method}`, result, [
        value as never,
      ]);
      span.setAttributes(readableAttributes(told));
    }
    span.end();
  }

  fail(span: DeferredSpan, error: unknown): void {
    const { isError } = this.rules;
    if (span.isRecording()) {
      const answer =
        isError && callUsersFunction(this.app, `'isError' of ${this.method}`, isError, [error]);
      recordError(span, error, answer);
    }
    span.end();
  }
}
