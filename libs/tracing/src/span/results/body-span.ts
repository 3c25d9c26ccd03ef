import { context, trace, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../deferred-span.js';

/**
 * Returns the context in which a deferred call runs, such as that of a cold Observable: it was made in
 * `callSite` and runs now (rule 12).
 *
 * That is the call site, with one exception: a call that was made in the body of a traced method, and
 * runs in a subscription to the result of that method, belongs to the span of the subscription (rule 2).
 */
export function callContext(callSite: Context): Context {
  const active = context.active();
  const made = trace.getSpan(callSite);
  const current = trace.getSpan(active);
  return made instanceof DeferredSpan &&
    current instanceof DeferredSpan &&
    current.isOfSameCallAs(made)
    ? active
    : callSite;
}

/**
 * The span of a body that recorded something and returned an Observable that is not yet subscribed to. If
 * it never is, the span ends once the Observable is garbage-collected or the app stops, with the time at
 * which the body returned: nothing recorded is lost (rule 2).
 */
class UnsubscribedSpan {
  private readonly returnedAt = performance.now();
  private isOpen = true;

  constructor(private readonly span: DeferredSpan) {
    span.app?.openSpans.add(this.end, span);
  }

  readonly end = (): void => {
    if (this.release()) this.span.end(this.returnedAt);
  };

  /** @returns whether the span was still open, without a subscription */
  release(): boolean {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.span.app?.openSpans.delete(this.end);
    return wasOpen;
  }
}

const garbage = new FinalizationRegistry<UnsubscribedSpan>((unsubscribed) => unsubscribed.end());

/**
 * The spans of a result that does its work later, and maybe several times. The first time takes over the
 * span of the body that returned it; each further time gets its own span, with the same parent.
 */
export class BodySpan {
  private isTaken = false;
  /** The context in which the call was made: it is active again after the body has returned. */
  private readonly callSite = context.active();
  private unsubscribed: UnsubscribedSpan | undefined;

  /** @param result what the body returned; if it is never used, the span of the body is still exported */
  constructor(
    private readonly span: DeferredSpan,
    result: object,
  ) {
    // Work that the body left running may record on the span after the body has returned.
    span.whenStarted(() => {
      this.unsubscribed = new UnsubscribedSpan(span);
      garbage.register(result, this.unsubscribed);
    });
  }

  /** Ends the span with the body: its result cannot be intercepted. */
  end(): void {
    this.release();
    this.span.end();
  }

  private release(): void {
    this.span.whenStarted(undefined);
    this.unsubscribed?.release();
  }

  take(): { span: DeferredSpan; isFirst: boolean } {
    const parent = callContext(this.callSite);
    if (this.isTaken) return { span: this.span.again(parent), isFirst: false };
    this.isTaken = true;
    this.release();
    this.span.restart(parent);
    return { span: this.span, isFirst: true };
  }
}

/** The last call of a traced method that returned a given object: the work of the object belongs to it. */
export interface LatestCall {
  spans: BodySpan;
  /** Whether the methods of the object could be intercepted; undefined before the attempt. */
  isFollowed: boolean | undefined;
}

const calls = new WeakMap<object, Map<string, LatestCall>>();

/**
 * Stores a call as the last one that returned the object. A method may return the same object each time:
 * the object is intercepted once per method.
 */
export function latestCall(result: object, method: string, bodySpan: DeferredSpan): LatestCall {
  const spans = new BodySpan(bodySpan, result);
  let ofResult = calls.get(result);
  if (ofResult === undefined) calls.set(result, (ofResult = new Map()));
  const known = ofResult.get(method);
  if (known !== undefined) {
    known.spans = spans;
    return known;
  }
  const call = { spans, isFollowed: undefined };
  ofResult.set(method, call);
  return call;
}
