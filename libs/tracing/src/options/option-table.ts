import { redactSetting } from '../redaction/redact-url.js';
import * as check from './checks.js';
import { resourceVariable, samplingOf } from './environment.js';
import type { ServiceIdentity } from './service-identity.js';
import { InvalidValue, type Check } from './settings-errors.js';
import type { Settings } from './settings.js';
import type { TracingOptions } from './tracing-options.js';
import { commas, flagOf, ignoreOf, numberOf, type Environment } from './variables.js';

export type OptionName = keyof TracingOptions;
export type OptionSettings = Pick<Settings, OptionName>;

/** Describes an option. Its type and its documentation are in `TracingOptions`. */
export interface OptionRow<T> {
  /** Returns the setting for the given value, or why that is invalid. */
  readonly check: Check<T>;
  /** The variables of the option, in their order of precedence. */
  readonly variables?: Readonly<Record<string, Read<T>>>;
  /** Variables that take precedence over the option. */
  readonly overrides?: Readonly<Record<string, Read<T>>>;
  readonly default: (context: DefaultsContext) => T;
  /** The source of the default. @default 'default' */
  readonly defaultSource?: (context: DefaultsContext) => string;
  /** Returns the value for the startup line, without secrets; an empty string to omit it. */
  readonly report: (value: T) => string;
  /** Whether the startup line shows the default too. @default false */
  readonly isAlwaysReported?: boolean;
}

/** Reads a variable, which is never empty. Returns undefined if it does not set the option. */
type Read<T> = (text: string, env: Environment) => T | InvalidValue | undefined;

/** The values on which a default may depend. */
export interface DefaultsContext {
  readonly env: Environment;
  readonly identity: ServiceIdentity;
  /** The settings of the preceding rows. */
  readonly soFar: Partial<OptionSettings>;
}

/** For a variable that is read together with another one, or elsewhere. */
const readElsewhere = (): undefined => undefined;

export const unknownService = 'unknown_service:node';

/** One row per option. A missing or an unknown option does not compile. */
type OptionTable = { readonly [K in OptionName]: OptionRow<Settings[K]> };

/** The options, in the order in which they are read and reported. */
export const optionTable: OptionTable = {
  service: {
    check: check.nonEmptyText,
    variables: {
      OTEL_SERVICE_NAME: check.nonEmptyText,
      OTEL_RESOURCE_ATTRIBUTES: (_, env) => resourceVariable(env, 'service.name'),
    },
    default: ({ identity }) => identity.name ?? unknownService,
    defaultSource: ({ identity }) => identity.source,
    report: String,
    isAlwaysReported: true,
  },
  backend: {
    check: check.oneOf('jaeger', 'xray', 'none'),
    variables: {
      TRACING_BACKEND: check.oneOf('jaeger', 'xray', 'none'),
      OTEL_TRACES_EXPORTER: (text) => (text.trim() === 'none' ? 'none' : undefined),
    },
    overrides: {
      OTEL_SDK_DISABLED: (text) => ifValid(flagOf(text), (isOff) => (isOff ? 'none' : undefined)),
    },
    default: ({ env }) => (isTestRunner(env) ? 'none' : 'jaeger'),
    defaultSource: ({ env }) => (isTestRunner(env) ? 'test runner' : 'default'),
    report: String,
    isAlwaysReported: true,
  },
  endpoint: {
    check: check.endpoint,
    variables: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: check.endpoint,
      OTEL_EXPORTER_OTLP_ENDPOINT: check.endpoint,
    },
    default: () => 'http://localhost:4317',
    report: redactSetting,
    isAlwaysReported: true,
  },
  logGroups: {
    check: check.logGroups,
    variables: { TRACING_LOG_GROUPS: (text) => check.logGroups(commas(text)) },
    default: () => [],
    report: spaced,
  },
  sampling: {
    check: check.sampling,
    variables: {
      TRACING_SAMPLING: (text) =>
        text === 'dormant' || text === 'xray' ? text : check.ratio(numberOf(text)),
      OTEL_TRACES_SAMPLER: (text, env) =>
        samplingOf(text.trim(), env['OTEL_TRACES_SAMPLER_ARG']?.trim() || undefined),
      OTEL_TRACES_SAMPLER_ARG: readElsewhere,
      AWS_XRAY_DAEMON_ADDRESS: readElsewhere,
    },
    default: () => 1,
    report: String, // a sampler has a description
    isAlwaysReported: true,
  },
  logger: {
    check: check.logger,
    default: () => undefined,
    report: (logger) => (logger === false ? 'false' : 'given'),
  },
  publicEndpoint: {
    check: check.publicEndpoint,
    variables: {
      TRACING_PUBLIC_ENDPOINT: (text) => (text === 'keep-id' ? text : flagOf(text)),
    },
    default: () => false,
    report: String,
  },
  propagateTo: {
    check: check.hosts,
    default: () => undefined,
    report: spaced,
  },
  annotate: {
    check: check.annotationKeys,
    variables: { TRACING_ANNOTATE: (text) => check.annotationKeys(commas(text)) },
    default: () => [],
    report: spaced,
  },
  ignore: {
    check: (value) => ifValid(check.ignore(value), withDefaults),
    variables: { TRACING_IGNORE: (text) => ifValid(ignoreOf(text), withDefaults) },
    default: () => withDefaults({}),
    report: ({ http, grpc }) => spaced([...http, ...grpc]),
  },
  handlerSpans: {
    check: check.flag,
    default: ({ soFar }) => soFar.backend !== 'xray',
    report: String,
  },
  instrumentations: {
    check: check.objectsWith('setTracerProvider', 'OpenTelemetry instrumentations'),
    variables: { TRACING_INSTRUMENTATIONS: readElsewhere },
    default: () => [],
    report: (given) => spaced(given.map((one) => one.instrumentationName)),
  },
  spanProcessors: {
    check: check.objectsWith('onEnd', 'OpenTelemetry span processors'),
    default: () => [],
    report: (given) => spaced(given.map((one) => one.constructor.name)),
  },
  resource: {
    check: check.resource,
    variables: { OTEL_RESOURCE_ATTRIBUTES: readElsewhere },
    default: () => ({}),
    report: (given) => spaced(Object.keys(given)), // a value may be anything
  },
  shutdownTimeout: {
    check: check.milliseconds,
    variables: { TRACING_SHUTDOWN_TIMEOUT: (text) => check.milliseconds(numberOf(text)) },
    default: () => 2000,
    report: String,
  },
  control: {
    check: check.control,
    default: () => undefined,
    report: (control) => (control === undefined ? '' : `every ${control.every} ms`),
  },
};

export const optionNames = Object.keys(optionTable) as OptionName[];

/** Creates a value for each option, in the order of the table. */
export function mapOptions<T extends Record<OptionName, unknown>>(
  make: <K extends OptionName>(option: K, soFar: Partial<T>) => T[K],
): T {
  const made: Partial<T> = {};
  for (const option of optionNames) made[option] = make(option, made);
  return made as T; // it is complete now
}

const ignoredByDefault: Settings['ignore'] = {
  http: [
    '/health',
    '/healthz',
    '/health/live',
    '/health/ready',
    '/live',
    '/livez',
    '/ready',
    '/readyz',
    '/metrics',
    '/favicon.ico',
  ],
  grpc: [/^grpc\.health\.v1\.Health\//, /^grpc\.reflection\.v1(alpha)?\.ServerReflection\//],
  userAgents: ['ELB-HealthChecker/'],
};

function withDefaults({
  http = [],
  grpc = [],
  defaults = true,
}: check.Ignored): Settings['ignore'] {
  const more = defaults ? ignoredByDefault : { http: [], grpc: [], userAgents: [] };
  return {
    http: [...more.http, ...http],
    grpc: [...more.grpc, ...grpc],
    userAgents: more.userAgents,
  };
}

/** Whether the process is a test runner: its apps export nothing by default. */
export function isTestRunner(env: Environment): boolean {
  return Boolean(env['NODE_ENV'] === 'test' || env['VITEST'] || env['JEST_WORKER_ID']);
}

function ifValid<T, U>(checked: T | InvalidValue, make: (value: T) => U): U | InvalidValue {
  return checked instanceof InvalidValue ? checked : make(checked);
}

function spaced(values: readonly (string | RegExp)[] = []): string {
  return values.join(' ');
}
