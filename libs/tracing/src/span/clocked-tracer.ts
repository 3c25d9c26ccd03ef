import { context, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { CLOCK, clockOf, isTime, timeBy, type SpanWithClock } from './clock.js';

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
