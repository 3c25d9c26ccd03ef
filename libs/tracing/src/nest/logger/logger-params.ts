import type { Params } from 'nestjs-pino';
import { stdSerializers } from 'pino';
import { redactHeadersIn, redactMessage } from '../../redaction/redact-headers.js';
import type { TracingLoggerOptions } from '../../settings/tracing-options.js';

/**
 * The headers that `redact` names beside what the serializers do, so that they are written as the app's
 * `redact` says, and hold for the one logger that several apps of a process share.
 */
const secretHeaders = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'];
const writtenSecretHeaders = [
  ...secretHeaders,
  ...secretHeaders.map((name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())),
];

type PinoHttp = Exclude<Params['pinoHttp'], readonly unknown[] | { write: unknown } | undefined>;

type Serializer = (value: unknown) => unknown;

/**
 * nestjs-pino's parameters for the logger that we bring: the user's, with secrets redacted in the headers
 * and URLs of requests and responses, whatever serializers the user gives for them. An error under `error`
 * is written as one under `err` is, which pino alone would write as `{}`. Lines of a request carry its id
 * instead of all of the request, which stands on the line that completes it, unless `quietReqLogger` is
 * given.
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
  const { customProps } = options;
  return {
    quietReqLogger: true,
    ...options,
    serializers: {
      error: stdSerializers.err,
      ...options.serializers,
      ...redactingSerializer('req', options),
      ...redactingSerializer('res', options),
    },
    redact: withSecretHeaders(options),
    ...(customProps !== undefined && { customProps: redactingProps(customProps) }),
  };
}

/** The user's own serializer, or that of pino-http, with the secrets redacted in what it makes. */
function redactingSerializer(kind: 'req' | 'res', options: PinoHttp): Record<string, Serializer> {
  const { serializers = {}, customAttributeKeys = {}, wrapSerializers = true } = options;
  const key = customAttributeKeys[kind] ?? kind;
  const given: Serializer | undefined = serializers[key] ?? serializers[kind];
  // pino-http runs its own serializer in front of each that is given, but for that one.
  const own = wrapSerializers && given === stdSerializers[kind] ? undefined : given;
  if (own === undefined && !wrapSerializers) return {};
  return {
    [key]: (message) =>
      redactMessage(own === undefined ? message : own(message), headersOf(message)),
  };
}

function redactingProps(customProps: NonNullable<PinoHttp['customProps']>): typeof customProps {
  return (request, response) =>
    redactHeadersIn(customProps(request, response), request.headers) as object;
}

function headersOf(message: unknown): unknown {
  return (Object(message) as { headers?: unknown }).headers;
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
