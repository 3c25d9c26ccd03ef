import type { Attributes } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { InvalidValue, type Check } from './settings-errors.js';
import type { ControlSettings, Patterns } from './settings.js';
import type { TracingLoggerOptions } from './tracing-options.js';

export const nonEmptyText: Check<string> = (value) =>
  typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : InvalidValue.expected('a non-empty string', value);

export const flag: Check<boolean> = (value) =>
  typeof value === 'boolean' ? value : InvalidValue.expected('true or false', value);

export function oneOf<const T extends string>(...words: T[]): Check<T> {
  const list = words.map((word) => `'${word}'`).join(', ');
  return (value) =>
    words.find((word) => word === value) ?? InvalidValue.expected(`one of ${list}`, value);
}

export const endpoint: Check<string> = (value) => {
  const expected = 'an OTLP/gRPC endpoint such as http://localhost:4317';
  if (typeof value !== 'string' || !URL.canParse(value))
    return InvalidValue.expected(expected, value);
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return InvalidValue.expected(
      expected,
      value,
      'Start it with http://, or with https:// for TLS.',
    );
  }
  if (url.pathname !== '/' || url.port === '4318') {
    const fix =
      'This is an OTLP/HTTP endpoint. Use the one for gRPC, without a path; its default port is 4317.';
    return InvalidValue.expected(expected, value, fix);
  }
  if (url.protocol === 'http:' && url.port === '') {
    return InvalidValue.expected(expected, value, `Add the port: http://${url.hostname}:4317.`);
  }
  return value;
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const logGroups: Check<string[]> = (value) => {
  const expected =
    'a list of CloudWatch log group names (1 to 512 of a-z A-Z 0-9 _ - / . #), or a list of ARNs ' +
    '(arn:aws:logs:<region>:<account>:log-group:<name>)';
  return isList(value, isLogGroupName) || isList(value, isLogGroupArn)
    ? (value as string[])
    : InvalidValue.expected(expected, value);
};

/** @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export const annotationKeys: Check<string[]> = (value) => {
  const expected = 'at most 50 keys of X-Ray annotations, each 1 to 500 of a-z A-Z 0-9 _ . -';
  return isList(value, isAnnotationKey) && value.length <= 50
    ? (value as string[])
    : InvalidValue.expected(expected, value);
};

export const ratio: Check<number> = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1
    ? value
    : InvalidValue.expected('a ratio from 0 to 1', value);

export const sampling: Check<number | 'dormant' | 'xray' | Sampler> = (value) => {
  if (value === 'dormant' || value === 'xray') return value;
  if (isSampler(value)) return value;
  const checked = ratio(value);
  return checked instanceof InvalidValue
    ? InvalidValue.expected(
        "a ratio from 0 to 1, 'dormant', 'xray' or an OpenTelemetry Sampler",
        value,
      )
    : checked;
};

export const logger: Check<false | TracingLoggerOptions> = (value) => {
  if (value === false) return value;
  if (!isObject(value))
    return InvalidValue.expected('false or the parameters of nestjs-pino', value);
  const { spanEvents } = value;
  return spanEvents === undefined || spanEvents === false || typeof spanEvents === 'string'
    ? value
    : InvalidValue.expected('`spanEvents` to be a level of pino, or false', spanEvents);
};

export const publicEndpoint: Check<
  boolean | 'keep-id' | ((request: unknown) => boolean | 'keep-id')
> = (value) =>
  typeof value === 'boolean' || value === 'keep-id' || typeof value === 'function'
    ? (value as boolean)
    : InvalidValue.expected("true, false, 'keep-id' or a function of the request", value);

export const hosts: Check<Patterns> = (value) =>
  isList(
    value,
    (one) => one instanceof RegExp || (typeof one === 'string' && /^[^/\s]+$/.test(one)),
  )
    ? (value as Patterns)
    : InvalidValue.expected(
        'a list of hosts (without scheme and path) or regular expressions',
        value,
      );

export interface Ignored {
  http?: Patterns;
  grpc?: Patterns;
  defaults?: boolean;
}

export const ignore: Check<Ignored> = (value) => {
  if (!isObject(value)) return InvalidValue.expected('{ http?, grpc?, defaults? }', value);
  const { http = [], grpc = [], defaults = true } = value;
  if (!isList(http, (one) => one instanceof RegExp || isPath(one))) {
    return InvalidValue.expected(
      '`http` to be a list of paths that begin with a slash, or regular expressions',
      http,
    );
  }
  if (!isList(grpc, (one) => one instanceof RegExp || isFullMethod(one))) {
    return InvalidValue.expected(
      '`grpc` to be a list of full methods `pkg.Service/Method`, or regular expressions',
      grpc,
    );
  }
  if (typeof defaults !== 'boolean')
    return InvalidValue.expected('`defaults` to be true or false', defaults);
  return value as Ignored;
};

export const milliseconds: Check<number> = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 600_000
    ? value
    : InvalidValue.expected('a whole number of milliseconds from 0 to 600000', value);

export const control: Check<ControlSettings> = (value) => {
  if (!isObject(value) || typeof value['read'] !== 'function') {
    return InvalidValue.expected('{ read: () => Promise<TracingState>, every? }', value);
  }
  const { read, every = 30_000 } = value;
  return typeof every === 'number' && Number.isInteger(every) && every >= 10 && every < 2 ** 31
    ? { read: read as ControlSettings['read'], every }
    : InvalidValue.expected(
        '`every` to be a whole number of milliseconds from 10 to 2147483647',
        every,
      );
};

export const resource: Check<Attributes> = (value) => {
  if (!isObject(value)) return InvalidValue.expected('an object of attributes', value);
  for (const key of logGroupKeys) {
    const given = readKey(value, key);
    const checked =
      given === undefined ? given : logGroups(typeof given === 'string' ? [given] : given);
    if (checked instanceof InvalidValue) return new InvalidValue(`\`${key}\`: ${checked.message}`);
  }
  return value as Attributes;
};

/** Returns the value of a key; undefined if reading it throws. */
function readKey(value: Record<string, unknown>, key: string): unknown {
  try {
    return value[key];
  } catch {
    return undefined;
  }
}

/** Creates a check for a list of objects with a certain method. */
export function objectsWith<T>(method: string, what: string): Check<T[]> {
  return (value) =>
    isList(value, (one) => isObject(one) && typeof one[method] === 'function')
      ? (value as T[])
      : InvalidValue.expected(`a list of ${what}`, value);
}

export function isPath(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('/');
}

export function isFullMethod(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.]+\/\w+$/.test(value);
}

/** The resource attributes that contain log groups. */
export const logGroupKeys = ['aws.log.group.names', 'aws.log.group.arns'];

function isAnnotationKey(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.-]{1,500}$/.test(value);
}

function isLogGroupName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w\-/.#]{1,512}$/.test(value);
}

export function isLogGroupArn(value: unknown): boolean {
  return typeof value === 'string' && logGroupArn.test(value);
}

const logGroupArn = /^arn:aws[\w-]*:logs:[a-z\d-]+:\d{12}:log-group:[\w\-/.#]{1,512}(:\*)?$/;

function isSampler(value: unknown): value is Sampler {
  return isObject(value) && typeof value['shouldSample'] === 'function';
}

function isList(value: unknown, check: (one: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(check);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
