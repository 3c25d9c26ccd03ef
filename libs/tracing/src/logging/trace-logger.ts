import type { Span } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { BackendTraceId } from '../backends/backend.js';
import type { Undo } from '../app/patch.js';
import { DeferredSpan } from '../span/deferred-span.js';
import {
  isStackOnSpan,
  markRecordedInTrace,
  markStackOnSpan,
} from '../span/errors/record-error.js';
import { addEvent } from '../span/events.js';
import type { TracingApp } from '../span/tracing-app.js';
import { LazyLineEvent, eventOfLine, LogLine, MakeEvent, loggedError } from './line-event.js';
import { hookLines, type AppLines, type RequestLines } from './line-hook.js';
import { lineFormat, mayHoldOwnIds, withoutDoubleIds, readIds } from './span-ids.js';

/** Receives log lines, in addition to the destination of the logger. */
interface LineSink {
  /** @param span the span to which the line belongs; it is recording */
  write(line: LogLine, span: Span): void;
}

const ERROR = 50;

/**
 * Creates a sink that adds lines to their spans as events (rule 18), and sets `error=true` on the span for
 * a line of level error and above. The status is not changed: the code has handled the error.
 *
 * If possible, a line is kept as text and its event is built when the span is exported, which costs the
 * request less. The event of an error is built at once, since it decides where the stack is recorded.
 *
 * @param lowest the number of the lowest level that becomes an event
 * @param exceptionsOnly whether only lines with an error become events, named `exception`
 */
function spanEventSink(lowest: number, exceptionsOnly: boolean): LineSink {
  const make = exceptionsOnly ? exceptionOnly : namedByMessage;
  return {
    write(line, span) {
      if (line.level < lowest) return;
      const isError = line.level >= ERROR || line.error !== undefined;
      if (line.level >= ERROR) span.setAttribute('error', true);
      if (exceptionsOnly && line.error === undefined) return;
      const isLazy =
        line.error === undefined &&
        span instanceof DeferredSpan &&
        span.addLazyEvent(new LazyLineEvent(line, isError, make));
      if (!isLazy) addNow(line, span, isError, make);
    },
  };
}

function addNow(line: LogLine, span: Span, isError: boolean, make: MakeEvent): void {
  const event = make(line, isStackOnSpan(line.error, span));
  if (event === undefined) return;
  const { name, attributes } = event;
  if (span instanceof DeferredSpan) span.addEventOf(isError, name, attributes);
  else addEvent(span, name, attributes, undefined, isError);
  if ('exception.stacktrace' in attributes) markStackOnSpan(line.error, span);
  if (name === 'exception') markRecordedInTrace(line.error, span);
}

/** Builds an event named after the message of the line (rule 18). */
const namedByMessage: MakeEvent = (line, isRecordedBefore = false) => {
  const event = eventOfLine(line, isRecordedBefore);
  return event && { name: event.message ?? 'log', attributes: event.attributes };
};

/** Builds an `exception` event for a line with an error. */
const exceptionOnly: MakeEvent = (line, isRecordedBefore = false) => {
  if (isRecordedBefore) return undefined;
  const event = eventOfLine(line, false);
  if (event === undefined) return undefined;
  const { message, attributes } = event;
  if (!('exception.type' in attributes || 'exception.message' in attributes)) return undefined;
  return {
    name: 'exception',
    attributes: message === undefined ? attributes : { ...attributes, 'log.message': message },
  };
};

export interface LineOptions {
  /** The lowest pino level that becomes a span event; undefined: every line that is written. */
  readonly spanEvents?: string | false | undefined;
  /** The key of the context in the line. @default 'context' */
  readonly contextKey?: string | undefined;
  /** The trace ID in the format of the backend. @default none */
  readonly backendTraceId?: BackendTraceId | undefined;
  /** Whether only lines with an error become events, named `exception`. @default false */
  readonly exceptionsOnly?: boolean | undefined;
  /** The lines that pino-http writes about completed requests. */
  readonly requests?: RequestLines | undefined;
}

/**
 * Adds the IDs of the active span to the lines of a pino logger and its children (rule 17), and adds each
 * line to the span as an event, if the span is recording (rule 18). Without a trace, lines are not changed
 * (rule 21).
 *
 * Lines are read after redaction, serializers and formatting, so nothing reaches a span that is not in
 * the line (rule 19). A logger that is not pino's is not changed. If several apps share a logger, the
 * options of each apply to its own lines.
 *
 * @param app the app whose lines the options apply to
 * @returns a function that undoes this
 */
export function traceLogger(logger: Logger, options: LineOptions, app?: TracingApp): Undo {
  const hooked = hookLines(logger);
  if (hooked === undefined) return () => {};
  const { hook, unhook } = hooked;
  const format = lineFormat(logger, options);
  const sink = lineSink(logger, options);
  const holdsOwnIds = hook.isAfterApp ? () => true : mayHoldOwnIds(logger, options.backendTraceId);
  const lines: AppLines = {
    requests: options.requests,
    idsOf: readIds(options.backendTraceId),
    finish(written, { logger: writer, span, level, fields, ids }) {
      const text = holdsOwnIds(writer, fields) ? withoutDoubleIds(written, ids) : written;
      if (sink !== undefined && span.isRecording()) {
        const error = isMadeUp(fields, options.requests)
          ? undefined
          : loggedError(fields, format.errorKey);
        sink.write({ text, level, levelLabels: writer.levels.labels, error, format }, span);
      }
      return text;
    },
  };
  hook.apps.add(lines, app);
  return () => {
    hook.apps.delete(lines);
    unhook();
  };
}

function lineSink(
  logger: Logger,
  { spanEvents, exceptionsOnly }: LineOptions,
): LineSink | undefined {
  if (spanEvents === false) return undefined;
  const lowest = spanEvents === undefined ? 0 : (logger.levels.values[spanEvents] ?? 0);
  return spanEventSink(lowest, exceptionsOnly === true);
}

function isMadeUp(fields: unknown, requests: RequestLines | undefined): boolean {
  if (requests === undefined || typeof fields !== 'object' || fields === null) return false;
  return requests.key in fields && requests.isMadeUp(fields);
}
