import type { Params } from 'nestjs-pino';
import { stdSerializers } from 'pino';
import type { TracingLoggerOptions } from '../../settings/tracing-options.js';
import { redactRequest } from './redact-request.js';

/**
 * What no log line shows, of the request and of the response that pino-http writes. Node gives them in
 * lower case; a serializer of the app may give them as they came.
 */
const secretHeaders = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'];
const writtenSecretHeaders = [
  ...secretHeaders,
  ...secretHeaders.map((name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())),
];

type PinoHttp = Exclude<Params['pinoHttp'], readonly unknown[] | { write: unknown } | undefined>;

/**
 * nestjs-pino's parameters for the logger that we bring: the user's, with the headers that hold
 * secrets redacted beside the user's `redact`, and the secrets of URLs unless there is a serializer
 * of requests. An error under `error` is written as one under `err` is, which pino alone would write as
 * `{}`. Lines of a request carry its id instead of all of the request, which stands on the line that
 * completes it, unless `quietReqLogger` is given.
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
    serializers: { req: redactRequest, error: stdSerializers.err, ...options.serializers },
    redact: withSecretHeaders(options),
  };
}

function withSecretHeaders({ redact, customAttributeKeys }: PinoHttp): PinoHttp['redact'] {
  const { req = 'req', res = 'res' } = customAttributeKeys ?? {};
  const paths = [req, res].flatMap((key) =>
    writtenSecretHeaders.map((name) => `["${key}"].headers["${name}"]`),
  );
  if (redact === undefined) return paths;
  if (Array.isArray(redact)) return [...paths, ...redact];
  return { ...redact, paths: [...paths, ...redact.paths] };
}
