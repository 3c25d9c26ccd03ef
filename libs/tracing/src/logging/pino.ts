import type { EventEmitter } from 'node:events';
import type { Logger, LoggerOptions } from 'pino';
import { patchProperty, Undos, type Undo } from '../app/patch.js';

/** Finds the symbol under which pino stores a setting in a logger or in its parents. */
export function pinoSymbol(logger: object, description: string): symbol | undefined {
  for (
    let at: unknown = logger;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const found = Object.getOwnPropertySymbols(at).find((one) => one.description === description);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads a setting that pino stores in a logger under a symbol of this description. */
export function pinoSetting(logger: object, description: string): unknown {
  const symbol = pinoSymbol(logger, description);
  return symbol === undefined ? undefined : Reflect.get(logger, symbol);
}

/**
 * Changes the `redact` option of an existing pino logger and all its children, until the returned function
 * is called. pino can do that only for a new child, so the settings of such a child are copied.
 */
export function redactLines(logger: Logger, redact: NonNullable<LoggerOptions['redact']>): Undo {
  const child = logger.child({}, { redact });
  const undos = new Undos();
  for (const description of ['pino.stringify', 'pino.stringifiers', 'pino.formatOpts']) {
    const symbol = pinoSymbol(child, description);
    if (symbol === undefined) continue;
    const value: unknown = Reflect.get(child, symbol);
    undos.add(patchProperty(logger, symbol, () => ({ writable: true, value })));
  }
  return () => undos.run();
}

/** How long a reader that does not read may delay the process, in milliseconds. */
const LIMIT = 500;

/** A destination of pino's own. */
interface Destination extends Partial<Pick<EventEmitter, 'once' | 'off'>> {
  /** Whether an asynchronous write is in progress, which `flushSync` does not wait for. */
  readonly _writing?: boolean;
  flushSync?(): void;
}

/**
 * Writes out the lines that a pino logger still buffers. pino does that itself when the process exits, but
 * not when a signal ends it, which Nest raises again after its shutdown hooks.
 */
export async function flushLines(logger: object): Promise<void> {
  const stream = Object(pinoSetting(logger, 'pino.stream')) as Destination;
  if (stream._writing === true) await drained(stream);
  try {
    stream.flushSync?.();
  } catch {
    // The destination is closed, or not open yet.
  }
}

function drained(stream: Destination): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, LIMIT);
    function done(): void {
      clearTimeout(timer);
      stream.off?.('drain', done);
      resolve();
    }
    stream.once?.('drain', done);
  });
}
