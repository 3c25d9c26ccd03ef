import { eventAttributes } from './event-attributes.js';
import { lineLevel, markSpan } from './line-level.js';
import type { LineSink } from './line-sink.js';

/**
 * Puts a line that holds an error as an `exception` event on the span, and no other line: X-Ray drops
 * every other event. The message of the line is its `log.message`.
 *
 * @param lowest the number of the lowest level that becomes an event.
 */
export function exceptionEventSink(lowest: number): LineSink {
  return {
    write(line, span) {
      const level = lineLevel(line);
      if (level.number !== undefined && level.number < lowest) return;
      markSpan(span, level);
      const attributes = eventAttributes(line, level.label);
      if (!('exception.type' in attributes || 'exception.message' in attributes)) return;
      const message = line.fields[line.format.messageKey];
      span.addEvent('exception', {
        ...attributes,
        ...(typeof message === 'string' && { 'log.message': message }),
      });
    },
  };
}
