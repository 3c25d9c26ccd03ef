import type { Logger } from 'pino';
import { jsonFields } from './json-fields.js';
import { pinoSetting, pinoSymbol } from './pino-symbol.js';

interface Fields {
  readonly trace_id?: unknown;
  readonly span_id?: unknown;
  readonly trace_flags?: unknown;
  readonly xray_trace_id?: unknown;
}

const named = /"(?:trace_id|span_id|trace_flags|xray_trace_id)"/;

/**
 * Tells whether a line may hold ids that the app itself gives it: as fields, as bindings of the logger,
 * or by a function. It does not look at the line, which would cost as much as all else that we do to it.
 */
export function mayHoldOwnIds(root: Logger): (logger: Logger, fields: unknown) => boolean {
  if (hasFunctions(root)) return () => true;
  const symbol = pinoSymbol(root, 'pino.chindings') ?? Symbol('none');
  // Lines come in groups: what was found for the last bindings is kept.
  let last: unknown;
  let isBound = false;
  return (logger, fields) => {
    const bindings = (logger as unknown as Record<symbol, unknown>)[symbol];
    if (bindings !== last) {
      last = bindings;
      isBound = named.test(String(bindings));
    }
    return isBound || isGiven(fields as Fields | null | undefined);
  };
}

function isGiven(fields: Fields | null | undefined): boolean {
  return (
    fields?.trace_id !== undefined ||
    fields?.span_id !== undefined ||
    fields?.trace_flags !== undefined ||
    fields?.xray_trace_id !== undefined
  );
}

/** Whether functions of the app add fields to lines. */
function hasFunctions(logger: Logger): boolean {
  const { log } = Object(pinoSetting(logger, 'pino.formatters')) as { log?: unknown };
  return log !== undefined || pinoSetting(logger, 'pino.mixin') !== undefined;
}

/**
 * A line on which no field stands twice: what the app itself gives under the name of an id is taken out
 * where it says the same as the id behind it, and is called `given_...` where it does not. So `trace_id`
 * is always that of the trace, and nothing is lost.
 *
 * @param ids with which the line ends, unless a stream hook of the app has changed that
 */
export function withoutDoubleIds(line: string, ids: string): string {
  const end = line.lastIndexOf(ids);
  if (end === -1 || !named.test(line.slice(0, end))) return line;
  const idOf = new Map(jsonFields(`{${ids.slice(1)}}`).map(({ name, value }) => [name, value]));
  const fields = jsonFields(`${line.slice(0, end)}}`);
  if (!fields.some(({ name }) => idOf.has(name))) return line;
  const kept = fields
    .filter(({ name, value }) => idOf.get(name) !== value)
    .map(({ name, value }) => `"${idOf.has(name) ? `given_${name}` : name}":${value}`);
  return `{${kept.join(',')}${line.slice(end)}`;
}
