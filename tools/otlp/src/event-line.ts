import { firstLine } from './first-line.ts';
import type { SpanEvent } from './span.ts';
import type { TraceTreeOptions } from './trace-tree-options.ts';

/** A log event in one line: level, message, and the error that came with it. */
export function eventLine({ name, attributes }: SpanEvent, { paint }: TraceTreeOptions): string {
  const level = attributes['level'];
  const error = [attributes['exception.type'], attributes['exception.message']]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
  const words = [level, firstLine(name), error && `[${firstLine(error)}]`];
  const line = `· ${words.filter(Boolean).join(' ')}`;
  const bad = level === 'error' || level === 'fatal' || name === 'exception';
  return paint ? paint(bad ? 'error' : 'log', line) : line;
}
