import type { Attributes } from '@opentelemetry/api';
import { flatten } from './flatten.js';
import type { LogLine } from './line-sink.js';

/** What the span says itself, and what says nothing about the line. */
const leftOut = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'v',
  'trace_id',
  'span_id',
  'trace_flags',
  'xray_trace_id',
]);

/** What an event tells of a line: its level and context, the other fields flattened, an error as `exception.*`. */
export function eventAttributes(
  { fields, format }: LogLine,
  level: string | undefined,
): Attributes {
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (leftOut.has(key) || key === format.messageKey) continue;
    if (key === format.contextKey || key === format.errorKey) continue;
    rest[key] = value;
  }
  const context = fields[format.contextKey];
  return {
    ...(level !== undefined && { level }),
    ...(typeof context === 'string' && { 'logger.context': context }),
    ...flatten(rest),
    ...exceptionAttributes(fields[format.errorKey], format.errorKey),
  };
}

/** The error as pino's serializer wrote it; what it has beside type, message and stack stays there. */
function exceptionAttributes(error: unknown, key: string): Attributes {
  if (typeof error !== 'object' || error === null) return flatten({ [key]: error });
  const { type, message, stack, ...rest } = error as Record<string, unknown>;
  return {
    ...flatten({
      'exception.type': type,
      'exception.message': message,
      'exception.stacktrace': stack,
    }),
    ...flatten({ [key]: rest }),
  };
}
