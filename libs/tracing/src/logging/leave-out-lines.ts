import type { Logger } from 'pino';

type Write = (this: unknown, fields: unknown, ...rest: unknown[]) => void;

/** The predicate in force, on a write method of ours. */
const predicate = Symbol.for('nestjs-tracing.left-out');

/**
 * Makes a pino logger, and every child of it, leave out the lines whose fields a predicate picks: as
 * they were given, before serializers and redaction.
 *
 * All of pino's log methods pass its one write method, which is found by the name of its symbol: there
 * may be several copies of pino. One that has none writes all of its lines.
 */
export function leaveOutLines(logger: Logger, isLeftOut: (fields: object) => boolean): void {
  const symbol = writeSymbol(logger);
  if (symbol === undefined) return;
  const current = Reflect.get(logger, symbol) as Write & { [predicate]?: typeof isLeftOut };
  // A logger that outlives an app of the process gets the predicate of the next one.
  if (Object.hasOwn(current, predicate)) {
    current[predicate] = isLeftOut;
    return;
  }
  const write: typeof current = function (fields, ...rest) {
    const isAsked = typeof fields === 'object' && fields !== null;
    if (isAsked && write[predicate]?.(fields) === true) return;
    Reflect.apply(current, this, [fields, ...rest]);
  };
  write[predicate] = isLeftOut;
  Object.defineProperty(logger, symbol, { configurable: true, writable: true, value: write });
}

function writeSymbol(logger: object): symbol | undefined {
  for (
    let at: unknown = logger;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const found = Object.getOwnPropertySymbols(at).find((one) => one.description === 'pino.write');
    if (found !== undefined) return found;
  }
  return undefined;
}
