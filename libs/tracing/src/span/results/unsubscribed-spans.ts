import type { DeferredSpan } from '../deferred-span.js';
import type { TracingApp } from '../tracing-app.js';

interface Held {
  readonly span: DeferredSpan;
  /** By `performance.now()`. */
  readonly returnedAt: number;
}

/**
 * Spans under which a body recorded something before it returned an Observable that nobody has
 * subscribed to yet. They end with their body's return once the Observable is garbage, or when the
 * app stops tracing: what was recorded is not lost (rule 2).
 */
class UnsubscribedSpans {
  private readonly held = new Map<DeferredSpan, Held>();
  private readonly garbage = new FinalizationRegistry<Held>((entry) => this.end(entry));

  hold(span: DeferredSpan, observable: object): void {
    // It may be recorded on after the body has returned too, by what the body has left running.
    span.whenStarted(() => {
      const entry = { span, returnedAt: performance.now() };
      this.held.set(span, entry);
      this.garbage.register(observable, entry);
    });
  }

  take(span: DeferredSpan): void {
    span.whenStarted(undefined);
    this.held.delete(span);
  }

  endAll(app: TracingApp | undefined): void {
    for (const entry of this.held.values()) if (entry.span.app === app) this.end(entry);
  }

  private end(entry: Held): void {
    if (this.held.delete(entry.span)) entry.span.end(entry.returnedAt);
  }
}

export const unsubscribedSpans = new UnsubscribedSpans();
