import { Writable } from 'node:stream';
import pino, { type Logger, type LoggerOptions } from 'pino';
import { traceLogger, type LineOptions } from '../src/logging/trace-logger.js';

/** A traced logger whose lines hold nothing of the process and the time, and what it writes. */
export function tracedLogger(
  options: LoggerOptions = {},
  lines: LineOptions = {},
): { log: Logger; written: string[]; stop: () => void } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const log = pino({ base: null, timestamp: false, ...options }, stream);
  const stop = traceLogger(log, lines);
  return { log, written, stop };
}
