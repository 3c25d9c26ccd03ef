import type { Logger } from 'pino';
import type { LineFormat } from './line-sink.js';
import { pinoSetting } from './pino-symbol.js';

/** How a pino logger writes its lines. @param contextKey the key that nestjs-pino gives the context */
export function lineFormat(logger: Logger, contextKey: string): LineFormat {
  return {
    messageKey: text(pinoSetting(logger, 'pino.messageKey')) ?? 'msg',
    errorKey: text(pinoSetting(logger, 'pino.errorKey')) ?? 'err',
    contextKey,
    nestedKey: text(pinoSetting(logger, 'pino.nestedKey')),
    timeKey: timeKey(pinoSetting(logger, 'pino.time')),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** pino asks a function for each line's time, which answers with a piece of JSON: `,"time":1530`. */
function timeKey(time: unknown): string | undefined {
  const piece: unknown = typeof time === 'function' ? time() : undefined;
  return /^,\s*"([^"\\]+)"/.exec(String(piece))?.[1];
}
