import type { Logger, LoggerOptions } from 'pino';
import { patchProperty, Undos, type Undo } from '../app/patch.js';
import { pinoSymbol } from './line-hook.js';

/**
 * Gives a pino logger that exists, and every child of it, another `redact`, until the function that it
 * returns is called. pino does so for a new child only: what it makes there is taken.
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
