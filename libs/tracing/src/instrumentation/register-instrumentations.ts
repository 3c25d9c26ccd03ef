import type { Instrumentation } from '@opentelemetry/instrumentation';
import { packagesToRegister } from '../options/environment.js';
import type { Settings } from '../options/settings.js';
import { knownInstrumentations } from '../app/third-party.js';
import { describeError } from '../span/errors/describe-error.js';
import { appRequire, hookImports } from './import-hook.js';

/** The result of `nestjs-tracing/register`. */
export interface Registered {
  /** The instrumentations, by package. */
  readonly packages: Map<string, readonly Instrumentation[]>;
  /** The problems that were found, and how to fix them. */
  readonly faults: string[];
}

/**
 * On `globalThis`, since a bundled app has its own copy of this package, while `register` runs that of
 * `node_modules`. It holds data only; the key has the major version, because another one may read it
 * differently.
 */
const key = Symbol.for('nestjs-tracing.0.registered');
const state = globalThis as { [key]?: Registered };

/** Returns the result of `register`; undefined if the process was started without it. */
export function registered(): Registered | undefined {
  return state[key];
}

/** Creates the result of `register`; returns undefined if it has run before. */
function beginRegistering(): Registered | undefined {
  if (state[key] !== undefined) return undefined;
  return (state[key] = { packages: new Map(), faults: [] });
}

/** Returns the instrumentations of the options, and those that `register` has constructed. */
export function activeInstrumentations({
  instrumentations,
}: Pick<Settings, 'instrumentations'>): readonly Instrumentation[] {
  return [...instrumentations, ...[...(state[key]?.packages.values() ?? [])].flat()];
}

type InstrumentationClass = new () => Instrumentation;

/** Constructs every instrumentation that a package exports, or returns the problem with the package. */
function constructInstrumentations(name: string): Instrumentation[] | string {
  try {
    const exported: unknown = appRequire()(name);
    const classes = new Set(Object.values(Object(exported) as object).filter(isInstrumentation));
    if (classes.size === 0) return `${name} exports no class of an OpenTelemetry instrumentation.`;
    return [...classes].map((type) => new type());
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    return isMissing && error.message.includes(`'${name}'`)
      ? `${name} is not installed: npm install ${name}`
      : `${name} could not be loaded: ${describeError(error).message}`;
  }
}

function isInstrumentation(exported: unknown): exported is InstrumentationClass {
  return (
    typeof exported === 'function' &&
    exported.name.endsWith('Instrumentation') &&
    typeof (exported.prototype as Partial<Instrumentation> | undefined)?.setTracerProvider ===
      'function'
  );
}

/**
 * Constructs the instrumentations that `TRACING_INSTRUMENTATIONS` names, and hooks the imports of the
 * modules that they trace. It starts no SDK: their spans are recorded once an app gives them its tracer
 * provider. It never throws for a wrong setting: problems are reported when the app starts.
 */
export function registerInstrumentations(): void {
  const state = beginRegistering();
  // The constructor of an instrumentation already patches the modules that it traces.
  if (state === undefined) return;
  for (const name of packagesToRegister()) {
    const known = knownInstrumentations.find((one) => one.name === name);
    if (known !== undefined) {
      // With this library, each span would be created twice.
      state.faults.push(
        `${name} was left out: nestjs-tracing makes the spans of ${known.traces} itself.`,
      );
      continue;
    }
    const found = constructInstrumentations(name);
    if (typeof found === 'string') state.faults.push(found);
    else state.packages.set(name, found);
  }
  const instrumentations = [...state.packages.values()].flat();
  const problem = instrumentations.length > 0 ? hookImports(instrumentations) : undefined;
  if (problem !== undefined) state.faults.push(problem);
}
