import { controlSignalOf, debugSecretOf } from './control-variables.js';
import {
  batchingOf,
  headerWarnings,
  httpMethodsOf,
  isInstanceMetadataOff,
  propagatorsOf,
  resourceAttributesOf,
  resourceVariable,
  rpcConventionsOf,
  sdkVariableWarnings,
  spanLimitsOf,
} from './environment.js';
import {
  mapOptions,
  optionTable,
  unknownService,
  type DefaultsContext,
  type OptionName,
  type OptionRow,
  type OptionSettings,
  optionNames,
} from './option-table.js';
import { samplingRulesOf } from './sampling-rules.js';
import { serviceIdentity } from './service-identity.js';
import { InvalidValue, TracingSettingsError, type SettingsIssue } from './settings-errors.js';
import type { Settings } from './settings.js';
import type { TracingOptions } from './tracing-options.js';
import { commas, type Environment } from './variables.js';

interface Found<T> {
  readonly value: T;
  /** `option`, the name of a variable, or `default`. */
  readonly source: string;
}

/** Reads the options in order, and collects what is invalid. */
class OptionReader {
  readonly issues: SettingsIssue[] = [];
  readonly warnings: string[] = [];

  constructor(
    readonly options: TracingOptions,
    readonly env: Environment,
  ) {}

  /** Returns the option if it is given, else its first variable that is set, else the default. */
  read<K extends OptionName>(option: K, context: DefaultsContext): Found<Settings[K]> {
    const row: OptionRow<Settings[K]> = optionTable[option];
    const asked = this.given(option, row, context) ?? this.inVariables(row.variables);
    return (
      this.inVariables(row.overrides) ??
      asked ?? { value: row.default(context), source: row.defaultSource?.(context) ?? 'default' }
    );
  }

  private given<T>(
    option: OptionName,
    row: OptionRow<T>,
    context: DefaultsContext,
  ): Found<T> | undefined {
    const given = this.options[option];
    if (given === undefined) return undefined;
    const value = row.check(given);
    if (!(value instanceof InvalidValue)) return { value, source: 'option' };
    this.issues.push({ option, message: value.message });
    return { value: row.default(context), source: 'option' };
  }

  /** Returns the value of the first variable that is set and valid. An empty variable counts as not set. */
  private inVariables<T>(variables: OptionRow<T>['variables'] = {}): Found<T> | undefined {
    for (const [name, read] of Object.entries(variables)) {
      const text = this.env[name];
      if (text === undefined || text.trim() === '') continue;
      const value = this.accept(name, read(text, this.env));
      if (value !== undefined) return { value, source: name };
    }
    return undefined;
  }

  accept<T>(name: string, value: T | InvalidValue): T | undefined {
    if (!(value instanceof InvalidValue)) return value;
    this.warnings.push(`${value.variable ?? name}: ${value.message} The default is used.`);
    return undefined;
  }
}

export interface Surroundings {
  readonly env?: Environment;
  readonly mainScript?: string | undefined;
  readonly cwd?: string;
}

/**
 * Reads the settings from the options and the environment variables.
 *
 * Invalid options throw one `TracingSettingsError`. Invalid variables do not stop a service: each of them is
 * reported as a warning, and the default is used.
 */
export function readSettings(
  options: TracingOptions = {},
  { env = process.env, mainScript = process.argv[1], cwd = process.cwd() }: Surroundings = {},
): { settings: Settings; warnings: readonly string[] } {
  if (typeof options !== 'object' || options === null) {
    const { message } = InvalidValue.expected('an object', options);
    throw new TracingSettingsError([{ option: 'options', message }]);
  }
  const reader = new OptionReader(options, env);
  reader.issues.push(...unknownOptions(options));

  const identity = serviceIdentity(mainScript, cwd);
  const sources: Partial<Record<OptionName, string>> = {};
  const values = mapOptions<OptionSettings>((option, soFar) => {
    const { value, source } = reader.read(option, { env, identity, soFar });
    sources[option] = source;
    return value;
  });
  const propagators = propagatorsOf(env);
  const controlSignal = controlSignalOf(env);
  const debugSecret = debugSecretOf(env);
  const settings: Settings = {
    ...values,
    serviceVersion: resourceVariable(env, 'service.version') ?? identity.version,
    samplingRules: samplingRulesOf(values.sampling, env, (name, value) =>
      reader.accept(name, value),
    ),
    instrumentationPackages: commas(env['TRACING_INSTRUMENTATIONS'] ?? ''),
    resourceVariables: resourceAttributesOf(env),
    propagators: propagators.names,
    rpcConventions: rpcConventionsOf(env),
    httpMethods: httpMethodsOf(env),
    batching: batchingOf(env),
    spanLimits: spanLimitsOf(env),
    isInstanceMetadataOff: isInstanceMetadataOff(env),
    controlSignal: controlSignal.signal,
    debugSecret: debugSecret.secret,
    diagnosticsLevel: env['OTEL_LOG_LEVEL'],
    sources: mapOptions<Settings['sources']>((option) => sources[option] ?? 'default'),
  };

  if (reader.issues.length > 0) throw new TracingSettingsError(reader.issues);
  if (settings.service === unknownService) {
    reader.warnings.push(
      "The service has no name. Pass TracingModule.forRoot({ service: 'orders' }), or set OTEL_SERVICE_NAME.",
    );
  }
  return {
    settings: Object.freeze(settings),
    warnings: [
      ...reader.warnings,
      ...propagators.warnings,
      ...controlSignal.warnings,
      ...debugSecret.warnings,
      ...headerWarnings(env),
      ...sdkVariableWarnings(env),
    ],
  };
}

/** Reports names that are not options, which are usually misspelled. */
function unknownOptions(options: TracingOptions): SettingsIssue[] {
  return Object.keys(options)
    .filter((option) => !Object.hasOwn(optionTable, option))
    .map((option) => {
      const near = optionNames.find((name) => isNear(name, option));
      const fix =
        near === undefined ? `The options are ${optionNames.join(', ')}.` : `Did you mean ${near}?`;
      return { option, message: `unknown option. ${fix}` };
    });
}

/** Whether two names differ only in case or the order of letters, or by one changed, added or missing letter. */
function isNear(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (letters(x) === letters(y)) return true;
  if (Math.abs(x.length - y.length) > 1) return false;
  let at = 0;
  while (at < x.length && x[at] === y[at]) at++;
  const rest = (text: string, skip: number): string => text.slice(at + skip);
  return rest(x, 1) === rest(y, 1) || rest(x, 0) === rest(y, 1) || rest(x, 1) === rest(y, 0);
}

function letters(text: string): string {
  return [...text].toSorted().join('');
}
