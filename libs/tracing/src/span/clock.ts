import {
  trace,
  type Attributes,
  type Context,
  type Span,
  type TimeInput,
  context,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { sharedSymbol } from './process-state.js';

/**
 * The key of an open span's clock: the milliseconds to add to `performance.now()` to get the time since
 * the epoch.
 */
export const CLOCK: unique symbol = sharedSymbol('clock') as never;

interface SpanWithClock extends Span {
  [CLOCK]?: number | undefined;
}

/**
 * Returns the clock for a new span, as the milliseconds to add to `performance.now()`. The span uses its
 * parent's clock while the parent is open in this process, else the clock of the process. So durations
 * are monotonic and a child lies within its parent, even if the wall clock is set meanwhile (rule 32).
 *
 * @param parent the context that holds the parent; undefined for a root span
 */
export function clockOf(parent: Context | undefined): number {
  const span: SpanWithClock | undefined = parent && trace.getSpan(parent);
  return span?.[CLOCK] ?? readClock();
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

/** From each tracer of the SDK to its clocked tracer, and back. */
const clockedTracers = new WeakMap<Tracer, Tracer>();
const plainTracers = new WeakMap<Tracer, Tracer>();

/**
 * Returns a tracer whose spans use the clock of their parent, whether the app or a third-party
 * instrumentation starts them. The SDK truncates starts to milliseconds, so a child could begin before
 * its parent (rule 32). Times that the caller passes are not changed.
 */
export function clockedTracer(tracer: Tracer): Tracer {
  let clocked = clockedTracers.get(tracer);
  if (clocked === undefined) {
    // All other members are inherited, also `startActiveSpan()`, which calls `startSpan()`.
    clocked = Object.create(tracer, { startSpan: { value: startSpanOf(tracer) } }) as Tracer;
    clockedTracers.set(tracer, clocked);
    plainTracers.set(clocked, tracer);
  }
  return clocked;
}

/** Wraps a tracer provider so that it returns clocked tracers. */
export function clockedProvider(provider: TracerProvider): TracerProvider {
  return { getTracer: (...args) => clockedTracer(provider.getTracer(...args)) };
}

/** Returns the original of a clocked tracer, for spans whose times are all passed explicitly. */
export function withoutClock(tracer: Tracer): Tracer {
  return plainTracers.get(tracer) ?? tracer;
}

function startSpanOf(tracer: Tracer): Tracer['startSpan'] {
  return (name, options, parent = context.active()) => {
    const clock = clockOf(options?.root === true ? undefined : parent);
    const startTime = timeBy(clock, options?.startTime);
    const span = tracer.startSpan(name, { ...options, startTime }, parent);
    if (span.isRecording()) keepTimeBy(clock, span);
    return span;
  };
}

/** The SDK reads `Date.now()` for the events and the end of a span whose start time was passed. */
function keepTimeBy(clock: number, span: SpanWithClock): void {
  const { addEvent, recordException, end } = span;
  span[CLOCK] = clock;
  span.addEvent = (name, attributesOrTime, time) => {
    const [attributes, given] = isTime(attributesOrTime)
      ? [undefined, time ?? attributesOrTime]
      : [attributesOrTime, time];
    addEvent.call(span, name, attributes, timeBy(clock, given));
    return span;
  };
  span.recordException = (exception, time) =>
    recordException.call(span, exception, timeBy(clock, time));
  span.end = (time) => {
    span[CLOCK] = undefined;
    end.call(span, timeBy(clock, time));
  };
}
