import type { Attributes } from '@opentelemetry/api';
import { flatten } from './flatten.js';
import type { LineSink, LogLine } from './line-sink.js';

const ERROR = 50;

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
]);

/**
 * Puts a line as an event on the span (rule 18): named by the message, with `level`,
 * `logger.context`, the other fields flattened, and an error as `exception.*`. A line of level error
 * and above sets `error=true` on the span; its status stays, the code has handled the error.
 *
 * @param lowest the number of the lowest level that becomes an event.
 */
export function spanEventSink(lowest: number): LineSink {
  return {
    write(line, span) {
      const level = levelOf(line);
      if (level.number !== undefined && level.number < lowest) return;
      if (level.number !== undefined && level.number >= ERROR) span.setAttribute('error', true);
      const message = line.fields[line.format.messageKey];
      span.addEvent(
        typeof message === 'string' && message !== '' ? message : 'log',
        eventAttributes(line, level.label),
      );
    },
  };
}

interface Level {
  readonly label: string | undefined;
  readonly number: number | undefined;
}

/** pino writes the number; a `level` formatter of the app may write the label. */
function levelOf({ fields: { level }, format: { levelLabels } }: LogLine): Level {
  if (typeof level === 'number')
    return { label: levelLabels[level] ?? String(level), number: level };
  const number = Object.keys(levelLabels).find((key) => levelLabels[Number(key)] === level);
  return {
    label: typeof level === 'string' ? level : undefined,
    number: number === undefined ? undefined : Number(number),
  };
}

function eventAttributes({ fields, format }: LogLine, level: string | undefined): Attributes {
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
