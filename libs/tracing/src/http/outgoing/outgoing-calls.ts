import type { TracingApp } from '../../span/tracing-app.js';
import type { OutgoingCall } from './outgoing-call.js';

/** The calls that are under way, by their requests. Each ends once, at the latest with its app. */
class OutgoingCalls {
  private readonly calls = new Map<object, OutgoingCall>();

  begin(request: object, call: OutgoingCall): void {
    if (call.isRecording) this.calls.set(request, call);
  }

  of(request: object): OutgoingCall | undefined {
    return this.calls.get(request);
  }

  end(request: object): void {
    const call = this.calls.get(request);
    if (call === undefined) return;
    this.calls.delete(request);
    call.end();
  }

  endAll(app: TracingApp): void {
    for (const [request, call] of this.calls) if (call.caller.app === app) this.end(request);
  }
}

/** One for the process, shared by both builds of this package, should it load them both. */
const key = Symbol.for('nestjs-tracing.outgoing-calls');
const state = globalThis as { [key]?: OutgoingCalls };

export const outgoingCalls: OutgoingCalls = (state[key] ??= new OutgoingCalls());
