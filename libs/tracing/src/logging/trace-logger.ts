import type { Logger } from 'pino';
import {
  type FurtherId,
  lineFormat,
  mayHoldOwnIds,
  withoutDoubleIds,
  readIds,
} from './span-ids.js';
import { hookLines } from './line-hook.js';
import { type LineSink, spanEventSink } from './line-sinks.js';
import type { AppLines, RequestLines } from './app-lines.js';
import { loggedError } from './line-event.js';
import type { Undo } from '../app/patch.js';
import type { TracingApp } from '../span/tracing-app.js';

export interface LineOptions {
  /** The lowest pino level that becomes a span event; undefined: every line that is written. */
  readonly spanEvents?: string | false | undefined;
  /** The key of the context in the line. @default 'context' */
  readonly contextKey?: string | undefined;
  /** A further ID on each line of a trace. */
  readonly furtherId?: FurtherId | undefined;
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
  const holdsOwnIds = hook.isAfterApp ? () => true : mayHoldOwnIds(logger, options.furtherId);
  const lines: AppLines = {
    requests: options.requests,
    idsOf: readIds(options.furtherId),
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
