import type { Logger, LoggerOptions } from 'pino';
import { pinoSymbol } from './pino-symbol.js';

/**
 * Gives a pino logger that exists, and every child of it, another `redact`. pino does so for a new child
 * only: what it makes there is taken.
 */
export function redactLines(logger: Logger, redact: NonNullable<LoggerOptions['redact']>): void {
  const child = logger.child({}, { redact });
  for (const description of ['pino.stringify', 'pino.stringifiers', 'pino.formatOpts']) {
    const symbol = pinoSymbol(child, description);
    if (symbol === undefined) continue;
    const value: unknown = Reflect.get(child, symbol);
    Object.defineProperty(logger, symbol, { configurable: true, writable: true, value });
  }
}
