import { Fault, type Check } from './fault.js';
import { readVariable } from './variables.js';
import type { SettingsIssue } from './tracing-settings.error.js';
import type { TracingOptions } from './tracing-options.js';

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
      if (!(value instanceof Fault)) return value;
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
    return this.accept(name, readVariable[name](text) as T | Fault);
  }

  accept<T>(name: string, value: T | Fault): T | undefined {
    if (!(value instanceof Fault)) return value;
    this.warnings.push(`${name}: ${value.message} The default is used.`);
    return undefined;
  }
}
