import { context, trace, type Context } from '@opentelemetry/api';
import { DeferredSpan } from '../deferred-span.js';

/**
 * The context to which a call belongs that was made in one context and is carried out in the active
 * one, as cold Observables are (rule 12).
 *
 * It is the context of the call, with one exception: when the call was made in the body of a traced
 * method and is carried out by a later subscription to what that method returned, it belongs to the
 * span of that subscription (rule 2).
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
 * A span under which a body recorded something before it returned an Observable that nobody has
 * subscribed to yet. It ends with the return of the body once the Observable is garbage, or when the
 * app stops tracing: what was recorded is not lost (rule 2).
 */
class UnsubscribedSpan {
  private readonly returnedAt = performance.now();
  private isOpen = true;

  constructor(private readonly span: DeferredSpan) {
    span.app?.openSpans.add(this.end);
  }

  readonly end = (): void => {
    if (this.release()) this.span.end(this.returnedAt);
  };

  /** @returns whether nobody has subscribed, and it has not ended */
  release(): boolean {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.span.app?.openSpans.delete(this.end);
    return wasOpen;
  }
}

const garbage = new FinalizationRegistry<UnsubscribedSpan>((unsubscribed) => unsubscribed.end());

/**
 * The spans of a result that does its work later, and maybe more than once. The first time takes over
 * the span of the body that returned it; each later one has a span of its own, with the same parent.
 */
export class BodySpan {
  private isTaken = false;
  /** The context in which the call was made: it is active again, now that the body has returned. */
  private readonly callSite = context.active();
  private unsubscribed: UnsubscribedSpan | undefined;

  /** @param result what the body returned: if it is never used, what the body recorded is not lost. */
  constructor(
    private readonly span: DeferredSpan,
    result: object,
  ) {
    // It may be recorded on after the body has returned too, by what the body has left running.
    span.whenStarted(() => {
      this.unsubscribed = new UnsubscribedSpan(span);
      garbage.register(result, this.unsubscribed);
    });
  }

  /** Ends the body's span with the body: what it returned cannot be followed. */
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

/** The call of a traced method that gave an object back last: what is done with it belongs to that. */
export interface LatestCall {
  spans: BodySpan;
  /** Whether the object's methods could be intercepted; undefined at first. */
  isFollowed: boolean | undefined;
}

const calls = new WeakMap<object, Map<string, LatestCall>>();

/**
 * A method may give the same object back each time, as one that it keeps. It is intercepted once for
 * each such method, however often it is given back.
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
