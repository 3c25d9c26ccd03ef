import type { Params } from 'nestjs-pino';
import type { TracingLoggerOptions } from '../../settings/tracing-options.js';
import { redactRequest } from './redact-request.js';

/** What no log line shows, in the request and the response that pino-http writes. */
const secretHeaders = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["proxy-authorization"]',
  'req.headers["set-cookie"]',
  'res.headers["set-cookie"]',
];

type PinoHttp = Exclude<Params['pinoHttp'], readonly unknown[] | { write: unknown } | undefined>;

/**
 * nestjs-pino's parameters for the logger that we bring: the user's, with the headers that hold
 * secrets redacted beside the user's `redact`, and the secrets of URLs unless there is a serializer
 * of requests. Lines of a request carry its id instead of all of the
 * request, which stands on the line that completes it, unless `quietReqLogger` is given.
 */
export function loggerParams(params: TracingLoggerOptions = {}): Params {
  const { pinoHttp } = params;
  if (Array.isArray(pinoHttp)) {
    const [options, stream] = pinoHttp;
    return { ...params, pinoHttp: [withDefaults(options as PinoHttp), stream] };
  }
  if (pinoHttp !== undefined && 'write' in pinoHttp) {
    return { ...params, pinoHttp: [withDefaults({}), pinoHttp] };
  }
  return { ...params, pinoHttp: withDefaults((pinoHttp ?? {}) as PinoHttp) };
}

function withDefaults(options: PinoHttp): PinoHttp {
  return {
    quietReqLogger: true,
    ...options,
    serializers: { req: redactRequest, ...options.serializers },
    redact: withSecretHeaders(options.redact),
  };
}

function withSecretHeaders(redact: PinoHttp['redact']): PinoHttp['redact'] {
  if (redact === undefined) return secretHeaders;
  if (Array.isArray(redact)) return [...secretHeaders, ...redact];
  return { ...redact, paths: [...secretHeaders, ...redact.paths] };
}
