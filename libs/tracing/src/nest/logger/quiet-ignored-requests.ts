import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';
import { isIgnoredSuccess } from '../../http/is-ignored-success.js';
import { leaveOutLines } from '../../logging/leave-out-lines.js';
import type { Settings } from '../../settings/settings.js';

/**
 * Leaves out pino-http's line of an ignored request that went well; a failure's is written (rule 29).
 *
 * The options of pino-http cannot do it: `autoLogging.ignore` loses failures as well, and an app's own
 * `LoggerModule` has made its logger already. The line is known by the response that it holds.
 */
export function quietIgnoredRequests(logger: Logger, params: Params, settings: Settings): void {
  const keys = keysOf(params);
  leaveOutLines(
    logger,
    (fields) =>
      keys.responseTime in fields &&
      !(keys.err in fields) &&
      isIgnoredSuccess(Reflect.get(fields, keys.res), settings),
  );
}

const pinoHttpKeys = { res: 'res', responseTime: 'responseTime', err: 'err' };

function keysOf({ pinoHttp }: Params): typeof pinoHttpKeys {
  const options: unknown = Array.isArray(pinoHttp) ? pinoHttp[0] : pinoHttp;
  const { customAttributeKeys } = Object(options) as {
    customAttributeKeys?: Partial<typeof pinoHttpKeys>;
  };
  return { ...pinoHttpKeys, ...customAttributeKeys };
}
