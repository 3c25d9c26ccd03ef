import { trace, type Span } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { pinoSymbol } from './pino-symbol.js';
import type { ReadIds } from './span-ids.js';

type Write = (this: Logger, fields: unknown, message: unknown, level: number) => void;
type StreamWrite = (text: string) => string;

/** What is done with the lines of a logger. What is undefined is left undone. */
export interface LineHook {
  requests?: RequestLines | undefined;
  tracing?: LineTracing | undefined;
  /** Whether a stream hook of the app may have changed the lines. */
  readonly isAfterApp: boolean;
}

/** Lines that tell of a request once it is answered. */
export interface RequestLines {
  /** The field that such a line has, and no other one. */
  readonly key: string;
  /** Whether a line is not to be written. */
  isLeftOut(fields: object): boolean;
  /** The span of the request; undefined where it has none. */
  spanOf(fields: object): Span | undefined;
  /** Whether the error of a line is none that was thrown: it was made up to tell the status. */
  isMadeUp(fields: object): boolean;
}

interface LineTracing {
  readonly idsOf: ReadIds;
  /** Gets a line as it is written, and makes of it what is written instead. */
  finish(text: string, line: LineUnderWay): string;
}

/** A line that is being written while a span is active. */
interface LineUnderWay {
  readonly logger: Logger;
  readonly fields: unknown;
  readonly level: number;
  readonly span: Span;
  /** With which the line ends. */
  readonly ids: string;
}

const key = Symbol.for('nestjs-tracing.line-hook');

/** A registered symbol, so the same in every copy of pino. */
const hooksSymbol = Symbol.for('pino.hooks');

/**
 * The hook of a pino logger and of every child of it, made if there is none; undefined for a logger
 * that is not pino's.
 *
 * Three members of pino's loggers are replaced on this one, and its children inherit them. All log
 * methods pass `write`, which knows what was logged, and the level; one that is off does not come by.
 * With `end` every line ends: there the ids cost next to nothing, where a finished line would have to
 * be taken apart. The hook `streamWrite` has the line as it is written; a hook of the app runs first,
 * so what it takes out stays out. All but the last are found by the names of their symbols, of which
 * every copy of pino has its own.
 */
export function lineHook(logger: Logger): LineHook | undefined {
  const writeSymbol = pinoSymbol(logger, 'pino.write');
  const endSymbol = pinoSymbol(logger, 'pino.end');
  if (writeSymbol === undefined || endSymbol === undefined) return undefined;
  const write = Reflect.get(logger, writeSymbol) as Write & { [key]?: LineHook };
  if (write[key] !== undefined) return write[key];

  const hooks = Reflect.get(logger, hooksSymbol) as { streamWrite?: StreamWrite };
  const theirs = hooks.streamWrite;
  const hook: LineHook = { isAfterApp: theirs !== undefined };
  let underWay: LineUnderWay | undefined;

  const hooked: Write = function (fields, message, level) {
    const { requests, tracing } = hook;
    let span: Span | undefined;
    if (requests !== undefined && isObject(fields) && requests.key in fields) {
      if (requests.isLeftOut(fields)) return;
      span = requests.spanOf(fields);
    }
    span ??= trace.getActiveSpan();
    const ids = span && tracing?.idsOf(span.spanContext());
    // What writes a line may write another one: a serializer, a mixin.
    const outer = underWay;
    if (ids === undefined && outer === undefined) return write.call(this, fields, message, level);
    underWay =
      span === undefined || ids === undefined
        ? undefined
        : { logger: this, fields, level, span, ids };
    try {
      write.call(this, fields, message, level);
    } finally {
      underWay = outer;
    }
  };

  const end = Reflect.get(logger, endSymbol) as string;
  const streamWrite: StreamWrite = (text) => {
    const written = theirs === undefined ? text : theirs(text);
    if (underWay === undefined || hook.tracing === undefined) return written;
    return hook.tracing.finish(written, underWay);
  };

  Object.defineProperties(logger, {
    [writeSymbol]: { configurable: true, value: Object.assign(hooked, { [key]: hook }) },
    [endSymbol]: {
      configurable: true,
      get: () => (underWay === undefined ? end : underWay.ids + end),
    },
    [hooksSymbol]: { configurable: true, value: { ...hooks, streamWrite } },
  });
  return hook;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
