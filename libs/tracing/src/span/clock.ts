import {
  trace,
  type Attributes,
  type Context,
  type Span,
  type TimeInput,
} from '@opentelemetry/api';

/**
 * On a span of this process while it is open: its clock, as the milliseconds to add to
 * `performance.now()`.
 */
export const CLOCK: unique symbol = Symbol.for('nestjs-tracing.clock');

export interface SpanWithClock extends Span {
  [CLOCK]?: number | undefined;
}

/**
 * The clock for a new span, as the milliseconds to add to `performance.now()`: that of its parent while
 * the parent is open in this process, else that of the process. So the times within a trace differ as
 * the monotonic clock has them, and a child lies within its parent, also where the wall clock is set
 * while they are open (rule 32).
 *
 * @param parent the context that holds the parent; undefined for a span without one
 */
export function clockOf(parent: Context | undefined): number {
  const span: SpanWithClock | undefined = parent && trace.getSpan(parent);
  return span?.[CLOCK] ?? readClock();
}

/** What Node measures both clocks from; right to some microseconds. */
let clockOfProcess = performance.timeOrigin;

/**
 * The clock of the process is finer than `Date.now()`: viewers order the spans of a trace by their
 * starts, and a millisecond has room for a whole branch of them. It follows the wall clock where that
 * is set or slewed, and otherwise stays as it is, however busy the machine: the process may be
 * suspended between two readings, so only what they prove corrects it.
 */
function readClock(): number {
  const before = performance.now();
  const wall = Date.now();
  const after = performance.now();
  // `Date.now()` is cut to milliseconds: the time was less than one after it.
  const latest = wall + JUST_BELOW_ONE - before;
  const earliest = wall - after;
  if (clockOfProcess > latest) clockOfProcess = latest;
  else if (clockOfProcess < earliest) clockOfProcess = earliest;
  return clockOfProcess;
}

const JUST_BELOW_ONE = 0.999;

/**
 * A time by the clock of a span: now, unless one is given. As in OpenTelemetry's SDK, a number that is
 * not above `performance.now()` is a reading of that, and any other time stays as it is.
 */
export function timeBy(clock: number, time?: TimeInput): TimeInput {
  const now = performance.now();
  if (time === undefined) return clock + now;
  return typeof time === 'number' && time <= now ? clock + time : time;
}

/** Whether an argument of `addEvent()` that may be either is a time. */
export function isTime(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === 'number' || Array.isArray(value) || value instanceof Date;
}
