import type { Attributes, Span, TimeInput } from '@opentelemetry/api';
import { sharedSymbol } from './process-state.js';

/**
 * The key of an open span's clock: the milliseconds to add to `performance.now()` to get the time since
 * the epoch.
 */
export const CLOCK: unique symbol = sharedSymbol('clock') as never;

/**
 * Returns the clock for a new span, as the milliseconds to add to `performance.now()`. The span uses its
 * parent's clock while the parent is open in this process, else the clock of the process. So durations
 * are monotonic and a child lies within its parent, even if the wall clock is set meanwhile (rule 32).
 *
 * @param parent undefined for a root span
 */
export function clockOf(parent: Span | undefined): number {
  return openClockOf(parent) ?? readClock();
}

/** Returns the clock of a span of this package that is open; undefined for any other span. */
export function openClockOf(span: Span | undefined): number | undefined {
  return (span as { [CLOCK]?: number } | undefined)?.[CLOCK];
}

/** The milliseconds to add to `performance.now()`. Node's own value is accurate to some microseconds. */
let clockOfProcess = performance.timeOrigin;

/**
 * Reads the clock of the process, which is finer than `Date.now()`: viewers order the spans of a trace by
 * their starts, and a whole branch of spans fits in a millisecond. The clock follows the wall clock when
 * that is set or slewed. Since the process may be suspended between two readings, the clock is corrected
 * only as far as the readings prove it wrong.
 */
function readClock(): number {
  const before = performance.now();
  const wall = Date.now();
  const after = performance.now();
  // `Date.now()` is truncated to milliseconds: the actual time is less than a millisecond later.
  const latest = wall + JUST_BELOW_ONE - before;
  const earliest = wall - after;
  if (clockOfProcess > latest) clockOfProcess = latest;
  else if (clockOfProcess < earliest) clockOfProcess = earliest;
  return clockOfProcess;
}

const JUST_BELOW_ONE = 0.999;

/**
 * Converts a time to the clock of a span; the default is now. As in the OpenTelemetry SDK, a number up to
 * `performance.now()` is a reading of that clock. Any other time is returned unchanged.
 */
export function timeBy(clock: number, time?: TimeInput): TimeInput {
  const now = performance.now();
  if (time === undefined) return clock + now;
  return typeof time === 'number' && time <= now ? clock + time : time;
}

/** Whether the second argument of `addEvent()`, which may be attributes or a time, is a time. */
export function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === 'number' || Array.isArray(value) || value instanceof Date;
}
