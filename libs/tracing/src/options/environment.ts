import type { Attributes } from '@opentelemetry/api';
import { redactSetting } from '../redaction/redact-url.js';
import { logGroupKeys, logGroups, ratio } from './checks.js';
import { InvalidValue } from './settings-errors.js';
import type { Batching, Propagator, RpcConventions, SpanLimits } from './settings.js';
import { commas, numberOf, type Environment } from './variables.js';

/** Numeric variables of the SDK and the exporter, with the minimum of each. */
export const sdkNumbers: Readonly<Record<string, number>> = {
  OTEL_BSP_SCHEDULE_DELAY: 1,
  OTEL_BSP_MAX_QUEUE_SIZE: 1,
  TRACING_MAX_QUEUE_BYTES: 1,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 1,
  OTEL_BSP_EXPORT_TIMEOUT: 1,
  OTEL_EXPORTER_OTLP_TIMEOUT: 1,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: 1,
  OTEL_ATTRIBUTE_COUNT_LIMIT: 0,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 0,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 0,
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: 0,
  OTEL_SPAN_EVENT_COUNT_LIMIT: 0,
  OTEL_SPAN_LINK_COUNT_LIMIT: 0,
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: 0,
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: 0,
};

/** Variables of which only some values are supported, and what applies instead of any other. */
export const sdkWords: Readonly<Record<string, { words: readonly string[]; instead: string }>> = {
  OTEL_TRACES_EXPORTER: { words: ['otlp', 'none'], instead: 'traces are sent by OTLP/gRPC' },
  OTEL_EXPORTER_OTLP_PROTOCOL: { words: ['grpc'], instead: 'traces are sent by OTLP/gRPC' },
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: { words: ['grpc'], instead: 'traces are sent by OTLP/gRPC' },
  OTEL_METRICS_EXPORTER: { words: ['none'], instead: 'no metrics are sent' },
  OTEL_LOGS_EXPORTER: { words: ['none'], instead: 'no log records are sent' },
  OTEL_CONFIG_FILE: { words: [], instead: 'the other variables are read' },
  OTEL_EXPERIMENTAL_CONFIG_FILE: { words: [], instead: 'the other variables are read' },
};

/** Checks the variables of OpenTelemetry that are not options. */
export function sdkVariableWarnings(env: Environment): string[] {
  const warnings: string[] = [];
  for (const [name, min] of Object.entries(sdkNumbers)) {
    const text = env[name];
    if (!text) continue;
    const value = numberOf(text);
    if (typeof value !== 'number' || value < min) {
      warnings.push(
        `${name}: expected a number of at least ${min}, but got '${redactSetting(text)}'. The default is used.`,
      );
    }
  }
  for (const [name, { words, instead }] of Object.entries(sdkWords)) {
    const text = env[name]?.trim();
    if (text && !words.includes(text)) {
      warnings.push(`${name}='${redactSetting(text)}' is not supported: ${instead}. Remove it.`);
    }
  }
  for (const [at, pair] of commas(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').entries()) {
    if (!/^[^=]+=/.test(pair)) {
      // The text after a comma may be the rest of a password.
      const shown = at === 0 ? `'${redactSetting(pair)}'` : `something else at position ${at + 1}`;
      warnings.push(`OTEL_RESOURCE_ATTRIBUTES: expected key=value pairs, but got ${shown}.`);
    }
  }
  for (const key of logGroupKeys) {
    const checked = logGroups(resourceVariable(env, key)?.split('&') ?? []);
    if (checked instanceof InvalidValue) {
      warnings.push(
        `OTEL_RESOURCE_ATTRIBUTES: ${key}: ${checked.message} Separate several with &.`,
      );
    }
  }
  return warnings;
}

/** Returns a resource attribute from `OTEL_RESOURCE_ATTRIBUTES`. */
export function resourceVariable(env: Environment, key: string): string | undefined {
  for (const pair of commas(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === key && value) return decode(value.trim());
  }
  return undefined;
}

/** Returns all attributes in `OTEL_RESOURCE_ATTRIBUTES`; none if a pair is invalid, as specified. */
export function resourceAttributesOf(env: Environment): Attributes {
  const pairs = commas(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').map((pair) => pair.split('='));
  try {
    const decoded = pairs.map((pair) => pair.map((part) => decodeURIComponent(part.trim())));
    const isValid = decoded.every(
      (pair) => pair.length === 2 && pair[0] !== '' && pair.every((part) => part.length <= 255),
    );
    return isValid ? Object.fromEntries(decoded) : {};
  } catch {
    return {};
  }
}

/** 32 MiB, which hold about 60 000 spans. */
const MAX_QUEUE_BYTES = 32 * 2 ** 20;

/** Reads `OTEL_BSP_*` and `TRACING_MAX_QUEUE_BYTES`. */
export function batchingOf(env: Environment): Batching {
  return {
    maxQueueSize: numberIn(env, 1, 'OTEL_BSP_MAX_QUEUE_SIZE'),
    maxQueueBytes: numberIn(env, 1, 'TRACING_MAX_QUEUE_BYTES') ?? MAX_QUEUE_BYTES,
    maxExportBatchSize: numberIn(env, 1, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: numberIn(env, 1, 'OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: numberIn(env, 1, 'OTEL_BSP_EXPORT_TIMEOUT'),
  };
}

/** Reads `OTEL_*_LIMIT`; undefined for the default of the SDK. */
export function spanLimitsOf(env: Environment): SpanLimits {
  const limit = (...names: string[]): number | undefined => numberIn(env, 0, ...names);
  return {
    attributeCountLimit: limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    attributeValueLengthLimit:
      limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ??
      Infinity,
    eventCountLimit: limit('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? 128,
    linkCountLimit: limit('OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT') ?? 128,
    attributePerLinkCountLimit: limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
  };
}

/** Returns the first of the variables that is a number of at least `min`. */
function numberIn(env: Environment, min: number, ...names: string[]): number | undefined {
  return names
    .map((name) => numberOf(env[name] ?? ''))
    .find((value): value is number => typeof value === 'number' && value >= min);
}

/** Reads the variable by which all AWS SDKs disable requests for instance metadata. */
export function isInstanceMetadataOff(env: Environment): boolean {
  return env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true';
}

/**
 * Returns the packages that `register` loads, before any app has read its settings. With
 * `OTEL_SDK_DISABLED` there are none, since constructing an instrumentation patches what it traces.
 */
export function packagesToRegister(env: Environment = process.env): string[] {
  const isOff = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
  return isOff ? [] : commas(env['TRACING_INSTRUMENTATIONS'] ?? '');
}

const propagatorNames = ['tracecontext', 'baggage', 'xray', 'none'];

export function propagatorsOf(env: Environment): { names?: Propagator[]; warnings: string[] } {
  const words = commas(env['OTEL_PROPAGATORS'] ?? '');
  if (words.length === 0) return { warnings: [] };
  const unknown = words.filter((word) => !propagatorNames.includes(word));
  const names = words.filter((word) => !unknown.includes(word) && word !== 'none') as Propagator[];
  return {
    ...((names.length > 0 || words.includes('none')) && { names }),
    warnings: unknown.map(
      (word) =>
        `OTEL_PROPAGATORS: '${redactSetting(word)}' is not a known propagator. Expected ${propagatorNames.join(', ')}.`,
    ),
  };
}

/** Reads `OTEL_SEMCONV_STABILITY_OPT_IN`, a list for many conventions. The HTTP ones are always stable. */
export function rpcConventionsOf(env: Environment): RpcConventions {
  const words = commas(env['OTEL_SEMCONV_STABILITY_OPT_IN'] ?? '');
  if (words.includes('rpc/dup')) return 'dup';
  return words.includes('rpc') ? 'new' : 'old';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const headerVariables = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'];

/** The keys (except those of binary entries) and values that gRPC accepts as metadata. */
const name = /^[0-9a-zA-Z_.-]+$/;
const value = /^[ -~]*$/;

/** Reports variables with headers that gRPC does not accept. Their values may be secrets, so are not shown. */
export function headerWarnings(env: Environment): string[] {
  return headerVariables
    .filter((variable) => !commas(env[variable] ?? '').every(isHeader))
    .map(
      (variable) =>
        `${variable}: expected key=value pairs that gRPC accepts as metadata (a key of a-z 0-9 _ - . that ` +
        'does not end with -bin, and a value of visible ASCII). None of its headers are sent.',
    );
}

function isHeader(pair: string): boolean {
  const at = pair.indexOf('=');
  const key = pair.slice(0, Math.max(at, 0)).trim();
  return (
    name.test(key) && !key.toLowerCase().endsWith('-bin') && value.test(decoded(pair.slice(at + 1)))
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text;
  }
}

/**
 * Converts `OTEL_TRACES_SAMPLER` and its argument to a setting. All settings follow the decision of the
 * parent, so `traceidratio` means the same as `parentbased_traceidratio`.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function samplingOf(
  sampler: string,
  argument: string | undefined,
): number | 'xray' | InvalidValue {
  switch (sampler.replace(/^parentbased_/, '')) {
    case 'always_on':
      return 1;
    case 'always_off':
      return 0;
    case 'traceidratio':
      return argument === undefined ? 1 : ratioOf(argument);
    case 'xray':
      return 'xray';
    default:
      return InvalidValue.expected(
        'always_on, always_off, traceidratio, parentbased_... or xray',
        sampler,
      );
  }
}

function ratioOf(argument: string): number | InvalidValue {
  const checked = ratio(numberOf(argument));
  return checked instanceof InvalidValue
    ? new InvalidValue(checked.message, 'OTEL_TRACES_SAMPLER_ARG')
    : checked;
}

/** The methods of RFC 9110 and RFC 5789, and QUERY, as the semantic conventions list them. */
const standard = 'CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' ');

/**
 * Returns the methods that may be part of span names, which must have a low cardinality: the standard ones,
 * or those in `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` instead.
 */
export function httpMethodsOf(env: Environment): ReadonlySet<string> {
  const listed = commas(env['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'] ?? '');
  return new Set(listed.length === 0 ? standard : listed);
}
