import * as check from './checks.js';
import {
  headerWarnings,
  httpMethodsOf,
  samplingOf,
  propagatorsOf,
  resourceVariable,
  rpcConventionsOf,
  sdkVariableWarnings,
} from './environment.js';
import { readSamplingRules } from './sampling-rules.js';
import { serviceIdentity } from './service-identity.js';
import {
  InvalidValue,
  type Check,
  type SettingsIssue,
  TracingSettingsError,
} from './settings-errors.js';
import type { BackendName, Settings } from './settings.js';
import type { TracingOptions } from './tracing-options.js';
import { unknownOptions } from './unknown-options.js';
import { readVariable } from './variables.js';

type Environment = Readonly<Record<string, string | undefined>>;
type VariableName = keyof typeof readVariable;

/** Reads one setting after the other, and collects what is wrong and where each came from. */
export class SettingsReader {
  readonly issues: SettingsIssue[] = [];
  readonly warnings: string[] = [];
  readonly sources: Partial<Record<keyof TracingOptions, string>> = {};

  constructor(
    readonly options: TracingOptions,
    readonly env: Environment,
  ) {}

  /** The option if it is given, else the first of its variables that is set, else undefined. */
  read<K extends keyof TracingOptions, T>(
    option: K,
    check: Check<T>,
    variables: readonly VariableName[] = [],
  ): T | undefined {
    const given = this.options[option];
    if (given !== undefined) {
      this.sources[option] = 'option';
      const value = check(given);
      if (!(value instanceof InvalidValue)) return value;
      this.issues.push({ option, message: value.message });
      return undefined;
    }
    for (const name of variables) {
      const value = this.variable<T>(name);
      if (value === undefined) continue;
      this.sources[option] = name;
      return value;
    }
    this.sources[option] ??= 'default';
    return undefined;
  }

  /** The value of a variable that is set, and right. An empty one counts as not set. */
  variable<T>(name: VariableName): T | undefined {
    const text = this.env[name];
    if (text === undefined || text.trim() === '') return undefined;
    return this.accept(name, readVariable[name](text) as T | InvalidValue);
  }

  accept<T>(name: string, value: T | InvalidValue): T | undefined {
    if (!(value instanceof InvalidValue)) return value;
    this.warnings.push(`${name}: ${value.message} The default is used.`);
    return undefined;
  }
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly mainScript?: string | undefined;
  readonly cwd?: string;
}

const ignoredByDefault = {
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

/**
 * Makes the settings of what the user wrote and what the variables say.
 *
 * Wrong options throw a `TracingSettingsError`, all at once. Wrong variables stop no service: each is
 * a warning, and the default holds.
 */
export function readSettings(
  options: TracingOptions = {},
  { env = process.env, mainScript = process.argv[1], cwd = process.cwd() }: Surroundings = {},
): { settings: Settings; warnings: readonly string[] } {
  if (typeof options !== 'object' || options === null) {
    const { message } = InvalidValue.expected('an object', options);
    throw new TracingSettingsError([{ option: 'options', message }]);
  }
  const reader = new SettingsReader(options, env);
  reader.issues.push(...unknownOptions(options));

  const backend = readBackend(reader);
  const ignore = reader.read('ignore', check.ignore, ['TRACING_IGNORE']) ?? {};
  const defaults =
    ignore.defaults === false ? { http: [], grpc: [], userAgents: [] } : ignoredByDefault;
  const propagators = propagatorsOf(env);
  const settings = {
    ...readService(reader, mainScript, cwd),
    backend,
    endpoint:
      reader.read('endpoint', check.endpoint, [
        'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
        'OTEL_EXPORTER_OTLP_ENDPOINT',
      ]) ?? 'http://localhost:4317',
    logGroups: reader.read('logGroups', check.logGroups, ['TRACING_LOG_GROUPS']) ?? [],
    ...readSampling(reader),
    logger: reader.read('logger', check.logger),
    publicEndpoint:
      reader.read('publicEndpoint', check.publicEndpoint, ['TRACING_PUBLIC_ENDPOINT']) ?? false,
    propagateTo: reader.read('propagateTo', check.hosts),
    annotate: reader.read('annotate', check.annotationKeys, ['TRACING_ANNOTATE']) ?? [],
    ignore: {
      http: [...defaults.http, ...(ignore.http ?? [])],
      grpc: [...defaults.grpc, ...(ignore.grpc ?? [])],
      userAgents: defaults.userAgents,
    },
    handlerSpans: reader.read('handlerSpans', check.flag) ?? backend !== 'xray',
    instrumentations:
      reader.read(
        'instrumentations',
        check.objectsWith('setTracerProvider', 'OpenTelemetry instrumentations'),
      ) ?? [],
    instrumentationPackages: reader.variable<string[]>('TRACING_INSTRUMENTATIONS') ?? [],
    spanProcessors:
      reader.read('spanProcessors', check.objectsWith('onEnd', 'OpenTelemetry span processors')) ??
      [],
    resource: reader.read('resource', check.resource) ?? {},
    shutdownTimeout:
      reader.read('shutdownTimeout', check.milliseconds, ['TRACING_SHUTDOWN_TIMEOUT']) ?? 2000,
    propagators: propagators.names,
    rpcConventions: rpcConventionsOf(env),
    httpMethods: httpMethodsOf(env),
    sources: reader.sources,
  } as Settings;

  if (reader.issues.length > 0) throw new TracingSettingsError(reader.issues);
  return {
    settings: Object.freeze(settings),
    warnings: [
      ...reader.warnings,
      ...propagators.warnings,
      ...headerWarnings(env),
      ...sdkVariableWarnings(env),
    ],
  };
}

/** `OTEL_SDK_DISABLED` beats all; a test runner has no backend unless one is asked for. */
function readBackend(reader: SettingsReader): BackendName {
  const { env } = reader;
  const asked = reader.read('backend', check.oneOf('jaeger', 'xray', 'none'), ['TRACING_BACKEND']);
  const isOff: [string, boolean][] = [
    ['OTEL_SDK_DISABLED', reader.variable<boolean>('OTEL_SDK_DISABLED') === true],
    ['OTEL_TRACES_EXPORTER', asked === undefined && env['OTEL_TRACES_EXPORTER']?.trim() === 'none'],
  ];
  for (const [name, holds] of isOff) {
    if (!holds) continue;
    reader.sources.backend = name;
    return 'none';
  }
  const inTestRunner = Boolean(
    env['NODE_ENV'] === 'test' || env['VITEST'] || env['JEST_WORKER_ID'],
  );
  if (asked !== undefined) return asked;
  if (inTestRunner) reader.sources.backend = 'test runner';
  return inTestRunner ? 'none' : 'jaeger';
}

function readSampling(reader: SettingsReader): Pick<Settings, 'sampling' | 'samplingRules'> {
  const sampling = readSampler(reader);
  return { sampling, samplingRules: readSamplingRules(reader, sampling) };
}

function readSampler(reader: SettingsReader): Settings['sampling'] {
  const { env } = reader;
  const asked = reader.read('sampling', check.sampling, ['TRACING_SAMPLING']);
  if (asked !== undefined) return asked;
  const sampler = env['OTEL_TRACES_SAMPLER']?.trim();
  if (!sampler || reader.sources.sampling === 'option') return 1;
  const argument = env['OTEL_TRACES_SAMPLER_ARG']?.trim() || undefined;
  const isRatio = argument !== undefined && sampler.endsWith('traceidratio');
  const name = isRatio ? 'OTEL_TRACES_SAMPLER_ARG' : 'OTEL_TRACES_SAMPLER';
  const value = reader.accept(name, samplingOf(sampler, argument));
  if (value !== undefined) reader.sources.sampling = 'OTEL_TRACES_SAMPLER';
  return value ?? 1;
}

function readService(
  reader: SettingsReader,
  mainScript: string | undefined,
  cwd: string,
): { service: string; serviceVersion: string | undefined } {
  const asked = reader.read('service', check.nonEmptyText, ['OTEL_SERVICE_NAME']);
  const found = serviceIdentity(mainScript, cwd);
  const inVariable = resourceVariable(reader.env, 'service.name');
  const service = asked ?? inVariable ?? found.name;
  if (asked === undefined) {
    reader.sources.service = inVariable === undefined ? found.source : 'OTEL_RESOURCE_ATTRIBUTES';
  }
  if (service === undefined) {
    reader.warnings.push(
      "The service has no name: give TracingModule.forRoot({ service: 'orders' }) or set OTEL_SERVICE_NAME.",
    );
  }
  return {
    service: service ?? 'unknown_service:node',
    serviceVersion: resourceVariable(reader.env, 'service.version') ?? found.version,
  };
}
