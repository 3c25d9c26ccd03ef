import { pinoSetting } from './pino-symbol.js';

/**
 * Writes out the lines that a pino logger still holds. It writes in the background, and does so when
 * the process exits by itself; a signal that Nest raises anew after its hooks ends it before.
 */
export async function flushLines(logger: object): Promise<void> {
  const stream = Object(pinoSetting(logger, 'pino.stream')) as { flushSync?: () => void };
  try {
    stream.flushSync?.();
  } catch {
    // It is closed, or not open yet.
  }
  // What is being written already is out in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
}
