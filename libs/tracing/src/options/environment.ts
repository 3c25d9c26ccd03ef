import type { Attributes } from '@opentelemetry/api';
import { redactSetting } from '../redaction/redact-url.js';
import { logGroupKeys, logGroups, ratio } from './checks.js';
import { InvalidValue } from './settings-errors.js';
import type { Batching, Propagator, RpcConventions, SpanLimits } from './settings.js';
import { commas, numberOf, type Environment } from './variables.js';

/** Numbers for the SDK and the exporter, with the least that makes sense. */
export const sdkNumbers: Readonly<Record<string, number>> = {
  OTEL_BSP_SCHEDULE_DELAY: 1,
  OTEL_BSP_MAX_QUEUE_SIZE: 1,
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

/** Words that mean what we do; any other is something that we cannot do. */
export const sdkWords: Readonly<Record<string, { words: readonly string[]; so: string }>> = {
  OTEL_TRACES_EXPORTER: { words: ['otlp', 'none'], so: 'traces go by OTLP/gRPC' },
  OTEL_EXPORTER_OTLP_PROTOCOL: { words: ['grpc'], so: 'traces go by OTLP/gRPC' },
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: { words: ['grpc'], so: 'traces go by OTLP/gRPC' },
  OTEL_METRICS_EXPORTER: { words: ['none'], so: 'no metrics are sent' },
  OTEL_LOGS_EXPORTER: { words: ['none'], so: 'no log records are sent' },
  OTEL_CONFIG_FILE: { words: [], so: 'the other variables are read' },
  OTEL_EXPERIMENTAL_CONFIG_FILE: { words: [], so: 'the other variables are read' },
};

/** What is wrong with the variables of OpenTelemetry that we do not read ourselves. */
export function sdkVariableWarnings(env: Environment): string[] {
  const warnings: string[] = [];
  for (const [name, least] of Object.entries(sdkNumbers)) {
    const text = env[name];
    if (!text) continue;
    const value = numberOf(text);
    if (typeof value !== 'number' || value < least) {
      warnings.push(
        `${name}: expected a number from ${least}, but got '${redactSetting(text)}'. The default is used.`,
      );
    }
  }
  for (const [name, { words, so }] of Object.entries(sdkWords)) {
    const text = env[name]?.trim();
    if (text && !words.includes(text)) {
      warnings.push(`${name}='${redactSetting(text)}' cannot be honoured: ${so}. Remove it.`);
    }
  }
  for (const [at, pair] of commas(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').entries()) {
    if (!/^[^=]+=/.test(pair)) {
      // What follows a comma may be the rest of a password.
      const shown = at === 0 ? `'${redactSetting(pair)}'` : `something else as no. ${at + 1}`;
      warnings.push(`OTEL_RESOURCE_ATTRIBUTES: expected key=value pairs, but got ${shown}.`);
    }
  }
  for (const key of logGroupKeys) {
    const checked = logGroups(resourceVariable(env, key)?.split('&') ?? []);
    if (checked instanceof InvalidValue) {
      warnings.push(`OTEL_RESOURCE_ATTRIBUTES: ${key}: ${checked.message} Put & between several.`);
    }
  }
  return warnings;
}

/** A resource attribute that `OTEL_RESOURCE_ATTRIBUTES` gives. */
export function resourceVariable(env: Environment, key: string): string | undefined {
  for (const pair of commas(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === key && value) return decode(value.trim());
  }
  return undefined;
}

/** All that `OTEL_RESOURCE_ATTRIBUTES` gives; nothing, as the specification has it, if a pair is wrong. */
export function resourceAttributesOf(env: Environment): Attributes {
  const pairs = commas(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').map((pair) => pair.split('='));
  try {
    const decoded = pairs.map((pair) => pair.map((part) => decodeURIComponent(part.trim())));
    const isRight = decoded.every(
      (pair) => pair.length === 2 && pair[0] !== '' && pair.every((part) => part.length <= 255),
    );
    return isRight ? Object.fromEntries(decoded) : {};
  } catch {
    return {};
  }
}

/** How spans are batched, as `OTEL_BSP_*` say; undefined: as the SDK does. */
export function batchingOf(env: Environment): Batching {
  return {
    maxQueueSize: numberIn(env, 1, 'OTEL_BSP_MAX_QUEUE_SIZE'),
    maxExportBatchSize: numberIn(env, 1, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    scheduledDelayMillis: numberIn(env, 1, 'OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: numberIn(env, 1, 'OTEL_BSP_EXPORT_TIMEOUT'),
  };
}

/** The limits of spans, as `OTEL_*_LIMIT` say; undefined: as the SDK has them. */
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

/** The first of the variables that is a number, and not below the least. */
function numberIn(env: Environment, least: number, ...names: string[]): number | undefined {
  return names
    .map((name) => numberOf(env[name] ?? ''))
    .find((value): value is number => typeof value === 'number' && value >= least);
}

/** A variable of all AWS SDKs, for where no instance metadata is to be asked for. */
export function isInstanceMetadataOff(env: Environment): boolean {
  return env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true';
}

/**
 * The packages that `register` is to load, before any app has read its settings; none with
 * `OTEL_SDK_DISABLED`, for an instrumentation that is constructed changes what it traces.
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
        `OTEL_PROPAGATORS: '${redactSetting(word)}' is unknown; it may name ${propagatorNames.join(', ')}.`,
    ),
  };
}

/** `OTEL_SEMCONV_STABILITY_OPT_IN` is a list for many conventions; HTTP is always stable here. */
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

/** What gRPC takes as metadata: a name of these characters, not of a binary entry, and visible ASCII. */
const name = /^[0-9a-zA-Z_.-]+$/;
const value = /^[ -~]*$/;

/** Tells which variable holds headers that gRPC would refuse. Their values may be secrets. */
export function headerWarnings(env: Environment): string[] {
  return headerVariables
    .filter((variable) => !commas(env[variable] ?? '').every(isHeader))
    .map(
      (variable) =>
        `${variable}: expected key=value pairs that gRPC takes as metadata (key of a-z 0-9 _ - . that ` +
        'does not end in -bin, value of visible ASCII). No header of it is sent.',
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
 * `OTEL_TRACES_SAMPLER` and its argument as a setting of ours. All of ours follow the decision of the
 * parent, so `traceidratio` means what `parentbased_traceidratio` does, and so on.
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
 * The methods that may stand in names of spans, which must not be unbounded: the standard ones, or
 * those that `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` lists in their place.
 */
export function httpMethodsOf(env: Environment): ReadonlySet<string> {
  const listed = commas(env['OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS'] ?? '');
  return new Set(listed.length === 0 ? standard : listed);
}
