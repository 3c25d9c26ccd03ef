import { context } from '@opentelemetry/api';
import { callContext } from '../call-context.js';
import type { DeferredSpan } from '../deferred-span.js';
import { unsubscribedSpans } from './unsubscribed-spans.js';

/**
 * The spans of a result that does its work later, and maybe more than once. The first time takes over
 * the span of the body that returned it; each later one has a span of its own, with the same parent.
 */
export class BodySpan {
  private isTaken = false;
  /** The context in which the call was made: it is active again, now that the body has returned. */
  private readonly calledIn = context.active();

  /** @param result what the body returned: if it is never used, what the body recorded is not lost. */
  constructor(
    private readonly span: DeferredSpan,
    result: object,
  ) {
    unsubscribedSpans.hold(span, result);
  }

  /** Ends the body's span with the body: what it returned cannot be followed. */
  end(): void {
    unsubscribedSpans.take(this.span);
    this.span.end();
  }

  take(): { span: DeferredSpan; isFirst: boolean } {
    const parent = callContext(this.calledIn);
    if (this.isTaken) return { span: this.span.again(parent), isFirst: false };
    this.isTaken = true;
    unsubscribedSpans.take(this.span);
    this.span.restart(parent);
    return { span: this.span, isFirst: true };
  }
}
