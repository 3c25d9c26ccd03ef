import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { BackendTraceId } from '../backends/backend.js';
import type { LineFormat } from './line-event.js';
import { jsonFields } from './line-fields.js';
import { pinoSetting, pinoSymbol } from './pino.js';

/** Reads how a pino logger formats its lines. @param options.contextKey nestjs-pino's key for the context */
export function lineFormat(
  logger: Logger,
  options: {
    readonly contextKey?: string | undefined;
    readonly backendTraceId?: BackendTraceId | undefined;
  },
): LineFormat {
  const { contextKey = 'context', backendTraceId } = options;
  return {
    messageKey: text(pinoSetting(logger, 'pino.messageKey')) ?? 'msg',
    errorKey: text(pinoSetting(logger, 'pino.errorKey')) ?? 'err',
    contextKey,
    nestedKey: text(pinoSetting(logger, 'pino.nestedKey')),
    timeKey: timeKey(pinoSetting(logger, 'pino.time')),
    idKeys: idKeys(backendTraceId),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads the key from the function that returns the time of a line as JSON text: `,"time":1530`. */
function timeKey(time: unknown): string | undefined {
  const piece: unknown = typeof time === 'function' ? time() : undefined;
  return /^,\s*"([^"\\]+)"/.exec(String(piece))?.[1];
}

/**
 * Returns the IDs of a span as they are added at the end of a line: JSON text that begins with a comma.
 * Returns undefined if there is no trace.
 */
export type ReadIds = (span: SpanContext) => string | undefined;

export function readIds(backendTraceId?: BackendTraceId): ReadIds {
  // Consecutive lines often belong to the same span, so the IDs of the last span are cached.
  let last: SpanContext | undefined;
  let ids: string | undefined;
  return (span) => {
    if (span !== last) {
      ids = isSpanContextValid(span) ? textOf(span, backendTraceId) : undefined;
      last = span;
    }
    return ids;
  };
}

function textOf(
  { traceId, spanId, traceFlags }: SpanContext,
  backendTraceId: BackendTraceId | undefined,
): string {
  const flags = traceFlags.toString(16).padStart(2, '0');
  const ids = `,"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${flags}"`;
  return backendTraceId === undefined
    ? ids
    : `${ids},"${backendTraceId.name}":"${backendTraceId.of(traceId)}"`;
}

interface Fields {
  readonly trace_id?: unknown;
  readonly span_id?: unknown;
  readonly trace_flags?: unknown;
  readonly [further: string]: unknown;
}

/** Finds the keys of IDs in JSON text; `\w*trace_id` includes the key of a further ID. */
const named = /"(?:\w*trace_id|span_id|trace_flags)"/;

function idKeys(backendTraceId: BackendTraceId | undefined): readonly string[] {
  return [
    'trace_id',
    'span_id',
    'trace_flags',
    ...(backendTraceId === undefined ? [] : [backendTraceId.name]),
  ];
}

/**
 * Returns a function that checks whether the app itself may have added IDs to a line: as fields, as
 * bindings of the logger, or by a function. It does not search the line, which would cost as much as all
 * other processing of it.
 */
export function mayHoldOwnIds(
  root: Logger,
  backendTraceId?: BackendTraceId,
): (logger: Logger, fields: unknown) => boolean {
  if (hasFunctions(root)) return () => true;
  const symbol = pinoSymbol(root, 'pino.chindings') ?? Symbol('none');
  // Consecutive lines often have the same bindings, so the result for the last ones is cached.
  let last: unknown;
  let isBound = false;
  const further = backendTraceId?.name ?? 'trace_id';
  return (logger, fields) => {
    const bindings = (logger as unknown as Record<symbol, unknown>)[symbol];
    if (bindings !== last) {
      last = bindings;
      isBound = named.test(String(bindings));
    }
    return isBound || isGiven(fields as Fields | null | undefined, further);
  };
}

function isGiven(fields: Fields | null | undefined, further: string): boolean {
  return (
    fields?.trace_id !== undefined ||
    fields?.span_id !== undefined ||
    fields?.trace_flags !== undefined ||
    fields?.[further] !== undefined
  );
}

/** Whether functions of the app add fields to lines. */
function hasFunctions(logger: Logger): boolean {
  const { log } = Object(pinoSetting(logger, 'pino.formatters')) as { log?: unknown };
  return log !== undefined || pinoSetting(logger, 'pino.mixin') !== undefined;
}

/**
 * Removes duplicate IDs from a line: a field that the app added under the key of an ID is removed if it has
 * the same value, else renamed to `given_...`. So `trace_id` is always that of the trace, and nothing is
 * lost.
 *
 * @param ids the end of the line, unless a stream hook of the app has changed it
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
