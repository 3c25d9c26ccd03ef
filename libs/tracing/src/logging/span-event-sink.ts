import { eventAttributes } from './event-attributes.js';
import { lineLevel, markSpan } from './line-level.js';
import type { LineSink } from './line-sink.js';

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
      const level = lineLevel(line);
      if (level.number !== undefined && level.number < lowest) return;
      markSpan(span, level);
      const message = line.fields[line.format.messageKey];
      span.addEvent(
        typeof message === 'string' && message !== '' ? message : 'log',
        eventAttributes(line, level.label),
      );
    },
  };
}
