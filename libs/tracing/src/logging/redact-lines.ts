import type { Logger, LoggerOptions } from 'pino';
import { patchProperty, Undos, type Undo } from '../app/patch.js';
import { pinoSymbol } from './pino.js';

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
