import type { Attributes } from '@opentelemetry/api';
import { redactHeadersIn } from '../redaction/redact-headers.js';
import { BoundedAttributes } from './bounded-attributes.js';
import { exceptionOfLine, tellException } from './exception-of-line.js';
import { flatten } from './flatten.js';
import type { LogLine } from './line-sink.js';
import { parseLine } from './parse-line.js';

/** What a line is as an event (rule 18). */
export interface LineEvent {
  /** The formatted message; undefined where the line has none. */
  readonly message: string | undefined;
  readonly attributes: Attributes;
}


/** A key that ends in `headers`, or that is the name of a header by its hyphen. */
const mayHoldHeaders = /headers"|\w-[\w-]+"\s*:/i;

/** What the span says itself, and what says nothing about the line. */
const leftOut = ['level', 'pid', 'hostname', 'trace_id', 'span_id', 'trace_flags', 'xray_trace_id'];

/**
 * Reads an event from the text of a line, so that it never shows more than the line (rule 19): the
 * level and the context, an error as `exception.*`, and the other fields flattened. Secrets in headers and
 * in the user info of URLs are redacted also where the line, which is the app's, shows them (rule 37).
 * Undefined for what is no line of JSON.
 *
 * @param isToldBefore whether the span has the stack of the line's error already
 */
export function eventOfLine(line: LogLine, isToldBefore: boolean): LineEvent | undefined {
  const event = read(line, isToldBefore, false);
  return event?.isInexact === true ? read(line, isToldBefore, true) : event;
}

function read(
  { text, level, levelLabels, format }: LogLine,
  isToldBefore: boolean,
  isExact: boolean,
): (LineEvent & { readonly isInexact: boolean }) | undefined {
  const { messageKey, errorKey, contextKey, nestedKey, timeKey } = format;
  const parsed = parseLine(text, isExact);
  if (parsed === undefined) return undefined;
  const fields = mayHoldHeaders.test(text) ? (redactHeadersIn(parsed) as Fields) : parsed;
  const nested = nestedKey === undefined ? undefined : fields[nestedKey];
  const own = isFields(nested) ? nested : fields;

  const attributes = new BoundedAttributes();
  attributes.set('level', levelLabels[level] ?? String(level));
  const context = own[contextKey];
  if (typeof context === 'string') attributes.set('logger.context', context);
  const exception = exceptionOfLine(own, errorKey);
  if (exception !== undefined) {
    tellException(isToldBefore ? { ...exception, stack: undefined } : exception, attributes);
  }
  const message = messageOf(fields[messageKey]);
  const name = message === undefined ? undefined : attributes.cut(messageKey, message);

  const tell = (told: Fields, prefix: string): void => {
    for (const key in told) {
      const isContext = key === contextKey && typeof context === 'string';
      if (told === fields && (leftOut.includes(key) || key === messageKey || key === timeKey)) {
        continue;
      }
      if (told === own && (isContext || key === exception?.key)) continue;
      if (told[key] === own && own !== fields) tell(own, `${key}.`);
      else flatten(told[key], prefix + key, attributes);
    }
  };
  tell(fields, '');
  return { message: name, attributes: attributes.all(), isInexact: attributes.isInexact };
}

/** A serializer of the app may have made anything of it. */
function messageOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
