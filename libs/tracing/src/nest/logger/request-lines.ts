import type { ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import { isIgnoredSuccess } from '../../http/is-ignored-success.js';
import { appOfResponse, requestScopeOf } from '../../http/request-context.js';
import type { RequestLines } from '../../logging/lines-of-apps.js';
import type { Settings } from '../../settings/settings.js';

/**
 * What is known of pino-http's lines that tell of a request once it is answered. They stand on its
 * server span: when they are written, some other span may be active that has ended, or none. That of
 * an ignored request that went well is not written; a failure's is (rule 29).
 *
 * The options of pino-http cannot do it: `autoLogging.ignore` loses failures as well, and an app's own
 * `LoggerModule` has made its logger already. A line is known by the response that it holds.
 */
export function requestLines(params: Params, settings: Settings): RequestLines {
  const { res, responseTime, err } = keysOf(params);
  return {
    key: responseTime,
    isLeftOut: (fields) => !(err in fields) && isIgnoredSuccess(Reflect.get(fields, res), settings),
    appOf: (fields) => appOfResponse(Reflect.get(fields, res)),
    spanOf: (fields) => requestScopeOf(Reflect.get(fields, res))?.serverSpan,
    isMadeUp: (fields) => {
      const { message } = Object(Reflect.get(fields, err)) as Partial<Error>;
      const { statusCode } = Object(Reflect.get(fields, res)) as Partial<ServerResponse>;
      return message === `failed with status code ${statusCode}`;
    },
  };
}

const pinoHttpKeys = { res: 'res', responseTime: 'responseTime', err: 'err' };

function keysOf({ pinoHttp }: Params): typeof pinoHttpKeys {
  const options: unknown = Array.isArray(pinoHttp) ? pinoHttp[0] : pinoHttp;
  const { customAttributeKeys } = Object(options) as {
    customAttributeKeys?: Partial<typeof pinoHttpKeys>;
  };
  return { ...pinoHttpKeys, ...customAttributeKeys };
}
