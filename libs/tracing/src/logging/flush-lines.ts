import type { EventEmitter } from 'node:events';
import { pinoSetting } from './line-hook.js';

/** Milliseconds that a reader who does not read may hold the process. */
const LIMIT = 500;

/** A destination of pino's own. */
interface Destination extends Partial<Pick<EventEmitter, 'once' | 'off'>> {
  /** Whether some lines are on their way, of which `flushSync` knows nothing. */
  readonly _writing?: boolean;
  flushSync?(): void;
}

/**
 * Writes out the lines that a pino logger still holds. It writes in the background, and does so when
 * the process exits by itself; a signal that Nest raises anew after its hooks ends it before.
 */
export async function flushLines(logger: object): Promise<void> {
  const stream = Object(pinoSetting(logger, 'pino.stream')) as Destination;
  if (stream._writing === true) await drained(stream);
  try {
    stream.flushSync?.();
  } catch {
    // It is closed, or not open yet.
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
