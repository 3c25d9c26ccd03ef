import type { Attributes } from '@opentelemetry/api';
import type { TracingApp } from './tracing-app.js';
import { readableAttributes } from './attributes.js';
import { callUsersFunction } from './user-code.js';
import type { DeferredSpan } from './deferred-span.js';
import { recordError } from './errors/record-error.js';

export interface OutcomeRules {
  /** Whether a thrown value is an error of the span; by default rule 4 decides. */
  readonly isError?: ((error: unknown) => boolean) | undefined;
  /** Returns the attributes to record for a returned value. */
  readonly result?: ((value: never) => Attributes) | undefined;
}

/** Records how a call of a method ended, and ends its span. */
export class Outcome {
  constructor(
    private readonly app: Pick<TracingApp, 'warn'>,
    /** The name of the method in messages. */
    readonly method: string,
    private readonly rules: OutcomeRules,
  ) {}

  succeed(span: DeferredSpan, value: unknown): void {
    const { result } = this.rules;
    if (result !== undefined && span.isRecording()) {
      const attributes = callUsersFunction(this.app, `'result' of ${this.method}`, result, [
        value as never,
      ]);
      span.setAttributes(readableAttributes(attributes));
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
