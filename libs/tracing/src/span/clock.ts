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

/**
 * On a span of this process while it is open: its clock, as the milliseconds to add to
 * `performance.now()`.
 */
export const CLOCK: unique symbol = Symbol('nestjs-tracing.clock');

interface SpanWithClock extends Span {
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

/** The tracers that were given our clock, and back. */
const clockedTracers = new WeakMap<Tracer, Tracer>();
const plainTracers = new WeakMap<Tracer, Tracer>();

/**
 * Gives the spans of a tracer of the SDK the clock of their parent, for whoever starts them: the app
 * itself or a third-party instrumentation. By its own clock the SDK cuts starts to milliseconds, which
 * lets a child begin before its parent (rule 32). Times that are given stay as they are.
 */
export function clockedTracer(tracer: Tracer): Tracer {
  let clocked = clockedTracers.get(tracer);
  if (clocked === undefined) {
    // Everything else about the tracer stays, also `startActiveSpan()`, which calls `startSpan()`.
    clocked = Object.create(tracer, { startSpan: { value: startSpanOf(tracer) } }) as Tracer;
    clockedTracers.set(tracer, clocked);
    plainTracers.set(clocked, tracer);
  }
  return clocked;
}

/** A tracer provider, the tracers of which have our clock. */
export function clockedProvider(provider: TracerProvider): TracerProvider {
  return { getTracer: (...asked) => clockedTracer(provider.getTracer(...asked)) };
}

/** The tracer itself, for spans that have all their times given. */
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

/** The SDK reads `Date.now()` for the events and the end of a span whose start was given. */
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
