import type { Logger } from 'pino';
import { exceptionEventSink } from './exception-event-sink.js';
import type { LineSink } from './line-sink.js';
import { spanEventSink } from './span-event-sink.js';
import { spanIds, spanIdsForXray } from './span-ids.js';
import { traceLine } from './trace-line.js';

/** A registered symbol, so the same in every copy of pino. */
const hooksSymbol = Symbol.for('pino.hooks');
const ours = Symbol.for('nestjs-tracing.line-hook');

type StreamWrite = (text: string) => string;

interface TracedLoggerInternals {
  [hooksSymbol]: { streamWrite?: StreamWrite & { [ours]?: StreamWrite | undefined } };
}

export interface LineOptions {
  /** The lowest pino level that becomes a span event; undefined: every line that is written. */
  readonly spanEvents?: string | false | undefined;
  /** The key of the context in the line. @default 'context' */
  readonly contextKey?: string | undefined;
  /**
   * Whether lines and events are made for X-Ray: lines carry `xray_trace_id` as well, and only lines
   * with an error become events, named `exception`: it drops all others. @default false
   */
  readonly isForXray?: boolean | undefined;
}

/**
 * Makes a pino logger, and every child of it, put the ids on its lines and the lines on the spans.
 * It uses pino's `streamWrite` hook; a hook of the app runs first, and what it takes out stays out.
 */
export function traceLogger(logger: Logger, options: LineOptions): void {
  const internals = logger as unknown as TracedLoggerInternals;
  const current = internals[hooksSymbol].streamWrite;
  // A logger that outlives an app of the process gets the options of the next one.
  const theirs = current !== undefined && ours in current ? current[ours] : current;
  const format = {
    messageKey: ownKey(logger, 'pino.messageKey') ?? 'msg',
    errorKey: ownKey(logger, 'pino.errorKey') ?? 'err',
    contextKey: options.contextKey ?? 'context',
    levelLabels: logger.levels.labels,
  };
  const sink = lineSink(logger, options);
  const ids = options.isForXray === true ? spanIdsForXray : spanIds;
  const streamWrite: StreamWrite = (text) =>
    traceLine(theirs === undefined ? text : theirs(text), format, ids, sink);
  internals[hooksSymbol] = {
    ...internals[hooksSymbol],
    streamWrite: Object.assign(streamWrite, { [ours]: theirs }),
  };
}

function lineSink(logger: Logger, options: LineOptions): LineSink | undefined {
  const { spanEvents } = options;
  if (spanEvents === false) return undefined;
  const lowest = spanEvents === undefined ? 0 : (logger.levels.values[spanEvents] ?? 0);
  return options.isForXray === true ? exceptionEventSink(lowest) : spanEventSink(lowest);
}

/** A setting of the logger, or of one that it is a child of: pino keeps them under symbols. */
function ownKey(logger: object, description: string): string | undefined {
  for (
    let at: unknown = logger;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const symbol = Object.getOwnPropertySymbols(at).find((one) => one.description === description);
    if (symbol === undefined) continue;
    const value: unknown = Reflect.get(at, symbol);
    return typeof value === 'string' ? value : undefined;
  }
  return undefined;
}
