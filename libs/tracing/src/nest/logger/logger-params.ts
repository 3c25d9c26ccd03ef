import type { ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import { type Logger, type redactOptions, stdSerializers } from 'pino';
import type { Undo } from '../../app/patch.js';
import { isIgnoredSuccess, appOfResponse, requestScopeOf } from '../../http/server-request.js';
import type { RequestLines } from '../../logging/line-hook.js';
import { redactLines } from '../../logging/pino.js';
import type { Settings } from '../../options/settings.js';
import type { TracingLoggerOptions } from '../../options/tracing-options.js';
import { redactHeadersIn, redactMessage } from '../../redaction/redact-headers.js';

/** The redaction of a root logger. */
interface Redaction {
  /** The options with which the logger was created. */
  readonly own: redactOptions;
  /** The options of further apps, the oldest first. */
  further: readonly redactOptions[];
  users: number;
  undo?: Undo | undefined;
}

const redactions = new WeakMap<Logger, Redaction>();

/**
 * Adds the redaction of an app to the root logger. nestjs-pino has one root logger per process, with the
 * parameters of the first app, so a further app would log what its own parameters redact. Its paths are
 * redacted with the censor and `remove` of the first, until no app uses the logger any more: work of a
 * closed app may still log. Call the returned function when the app has closed.
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
  const first = all.find((one) => one.paths.length > 0);
  if (first === undefined || paths.size === own.paths.length) return;
  redaction.undo = redactLines(root, { ...first, paths: [...paths] });
}

function redactionOf({ pinoHttp }: Params): redactOptions {
  const options: unknown = Array.isArray(pinoHttp) ? pinoHttp[0] : pinoHttp;
  const { redact = [] } = Object(options) as { redact?: string[] | redactOptions };
  return Array.isArray(redact) ? { paths: redact } : redact;
}

/**
 * Describes the lines that pino-http writes about completed requests. They are added to the server span:
 * when they are written, another span that has ended may be active, or none. The line of an ignored
 * request is written only if the request failed (rule 29).
 *
 * The options of pino-http do not suffice: `autoLogging.ignore` drops failures too, and an app's own
 * `LoggerModule` has already created its logger. The request of a line is found by the response in it.
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
 * Headers that are redacted by `redact` in addition to the serializers: so the censor of the app's `redact`
 * applies to them, and they are redacted in the logger that the apps of a process share.
 */
const secretHeaders = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'];
const writtenSecretHeaders = [
  ...secretHeaders,
  ...secretHeaders.map((name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())),
];

type PinoHttp = Exclude<Params['pinoHttp'], readonly unknown[] | { write: unknown } | undefined>;

type Serializer = (value: unknown) => unknown;

/**
 * Returns nestjs-pino's parameters for the logger that `TracingModule` provides: those of the user, with
 * secrets redacted in the headers and URLs of requests and responses, even with custom serializers. An
 * error under `error` is serialized like one under `err`; pino alone would write `{}`. Unless
 * `quietReqLogger` is given, lines of a request contain its ID instead of the whole request, which is
 * only in the line about its completion.
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

/** Wraps the user's serializer, or that of pino-http, to redact secrets in its result. */
function redactingSerializer(kind: 'req' | 'res', options: PinoHttp): Record<string, Serializer> {
  const { serializers = {}, customAttributeKeys = {}, wrapSerializers = true } = options;
  const key = customAttributeKeys[kind] ?? kind;
  const given: Serializer | undefined = serializers[key] ?? serializers[kind];
  // pino-http runs its own serializer before a given one, unless that is the standard one.
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
