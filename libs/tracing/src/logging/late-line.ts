import type { LateEvent, SpanEvent } from '../span/events/late-events.js';
import type { MakeEvent } from './line-events.js';
import type { LogLine } from './line-sink.js';

/** Longer lines are not kept, in characters: what stands on their event is less. */
const LONG = 16 * 1024;

/** A line that becomes an event when its span is exported. */
export class LateLine implements LateEvent {
  time = 0;
  readonly size: number;
  private readonly made: { readonly event: SpanEvent | undefined } | undefined;
  private readonly line: LogLine | undefined;

  constructor(
    line: LogLine,
    readonly isError: boolean,
    private readonly makeEvent: MakeEvent,
  ) {
    const { length } = line.text;
    const isLong = length > LONG;
    this.size = isLong ? LONG : length;
    this.made = isLong ? { event: makeEvent(line) } : undefined;
    this.line = isLong ? undefined : line;
  }

  make(): SpanEvent | undefined {
    return this.line === undefined ? this.made?.event : this.makeEvent(this.line);
  }
}
