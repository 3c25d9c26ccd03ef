import type { EventEmitter } from 'node:events';
import { pinoSetting } from './pino.js';

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
