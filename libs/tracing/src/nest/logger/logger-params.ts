import type { ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import { type Logger, type redactOptions, stdSerializers } from 'pino';
import type { Undo } from '../../app/patch.js';
import { isIgnoredSuccess, appOfResponse, requestScopeOf } from '../../http/server-request.js';
import type { RequestLines } from '../../logging/app-lines.js';
import { redactLines } from '../../logging/redact-lines.js';
import type { Settings } from '../../options/settings.js';
import type { TracingLoggerOptions } from '../../options/tracing-options.js';
import { redactHeadersIn, redactMessage } from '../../redaction/redact-headers.js';

/** What a root logger redacts. */
interface Redaction {
  /** What it was made with. */
  readonly own: redactOptions;
  /** What further apps have added, the oldest first. */
  further: readonly redactOptions[];
  users: number;
  undo?: Undo | undefined;
}

const redactions = new WeakMap<Logger, Redaction>();

/**
 * nestjs-pino has one root logger in a process, and the first parameters win: a further app would write
 * what it redacts itself. So its paths are redacted beside those of the first, in the way of the first.
 * They stay redacted until no app uses the logger any more, because work of a closed app may still log.
 * Call the returned function when the app has closed.
 */
export function keepRedaction(root: Logger, params: Params): Undo {
  const own = redactionOf(params);
  const redaction = redactions.get(root) ?? { own, further: [], users: 0 };
  redactions.set(root, redaction);
  redaction.users++;
  if (own !== redaction.own) redaction.further = [...redaction.further, own];
  redact(root, redaction);
  return () => {
    if (--redaction.users > 0) return;
    redaction.further = [];
    redact(root, redaction);
  };
}

function redact(root: Logger, redaction: Redaction): void {
  const { own, further } = redaction;
  redaction.undo?.();
  redaction.undo = undefined;
  const all = [own, ...further];
  const paths = new Set(all.flatMap((one) => one.paths));
  const way = all.find((one) => one.paths.length > 0);
  if (way === undefined || paths.size === own.paths.length) return;
  redaction.undo = redactLines(root, { ...way, paths: [...paths] });
}

function redactionOf({ pinoHttp }: Params): redactOptions {
  const options: unknown = Array.isArray(pinoHttp) ? pinoHttp[0] : pinoHttp;
  const { redact = [] } = Object(options) as { redact?: string[] | redactOptions };
  return Array.isArray(redact) ? { paths: redact } : redact;
}

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
