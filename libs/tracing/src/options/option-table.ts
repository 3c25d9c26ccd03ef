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

/** Everything about an option but its type and its docs, which stand in `TracingOptions`. */
export interface OptionRow<T> {
  /** Gives back the value that holds for what the app gives, or what is wrong with it. */
  readonly check: Check<T>;
  /** The variables that stand for the option: the first that is set, and right, holds. */
  readonly variables?: Readonly<Record<string, Read<T>>>;
  /** Variables that beat even the option. */
  readonly overrides?: Readonly<Record<string, Read<T>>>;
  readonly default: (known: Known) => T;
  /** Where the default came from. @default 'default' */
  readonly defaultSource?: (known: Known) => string;
  /** How the startup line shows the value, without secrets; an empty text: not at all. */
  readonly report: (value: T) => string;
  /** Whether the startup line shows it also where it is the default. @default false */
  readonly isAlwaysReported?: boolean;
}

/** Reads the text of a variable, which is never empty; undefined where it says nothing of the option. */
type Read<T> = (text: string, env: Environment) => T | InvalidValue | undefined;

/** What defaults may depend on. */
export interface Known {
  readonly env: Environment;
  readonly identity: ServiceIdentity;
  /** The options above in the table. */
  readonly soFar: Partial<OptionSettings>;
}

/** Of a variable that is read together with another one, or outside of the option. */
const readElsewhere = (): undefined => undefined;

export const unknownService = 'unknown_service:node';

/** One row an option: a forgotten or unknown one does not compile. */
type OptionTable = { readonly [K in OptionName]: OptionRow<Settings[K]> };

/** The options, in the order in which they are read and told. */
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
      OTEL_SDK_DISABLED: (text) => ifRight(flagOf(text), (isOff) => (isOff ? 'none' : undefined)),
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
    report: String, // a sampler describes itself
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
    check: (value) => ifRight(check.ignore(value), withDefaults),
    variables: { TRACING_IGNORE: (text) => ifRight(ignoreOf(text), withDefaults) },
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
};

export const optionNames = Object.keys(optionTable) as OptionName[];

/** Makes something of every option, in the order of the table. */
export function ofEachOption<T extends Record<OptionName, unknown>>(
  make: <K extends OptionName>(option: K, soFar: Partial<T>) => T[K],
): T {
  const made: Partial<T> = {};
  for (const option of optionNames) made[option] = make(option, made);
  return made as T; // which is complete now
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

/** A test runner has no backend unless one is asked for. */
function isTestRunner(env: Environment): boolean {
  return Boolean(env['NODE_ENV'] === 'test' || env['VITEST'] || env['JEST_WORKER_ID']);
}

function ifRight<T, U>(checked: T | InvalidValue, make: (value: T) => U): U | InvalidValue {
  return checked instanceof InvalidValue ? checked : make(checked);
}

function spaced(values: readonly (string | RegExp)[] = []): string {
  return values.join(' ');
}
