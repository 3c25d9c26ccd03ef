import type { TracingApp } from '../span/tracing-app.js';

/** What ends the span of a call that is under way, and takes the call out of here. */
type GiveUp = () => void;

/** The calls that are under way and recorded. Their spans end at the latest with their app (rule 22). */
class OpenClientCalls {
  private readonly calls = new Map<GiveUp, TracingApp>();

  add(giveUp: GiveUp, app: TracingApp): void {
    this.calls.set(giveUp, app);
  }

  delete(giveUp: GiveUp): void {
    this.calls.delete(giveUp);
  }

  endAll(app: TracingApp): void {
    for (const [giveUp, caller] of this.calls) if (caller === app) giveUp();
  }
}

/** One for the process, shared by both builds of this package, should it load them both. */
const key = Symbol.for('nestjs-tracing.open-client-calls');
const state = globalThis as { [key]?: OpenClientCalls };

export const openClientCalls: OpenClientCalls = (state[key] ??= new OpenClientCalls());
