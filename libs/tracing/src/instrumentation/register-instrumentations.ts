import type { Instrumentation } from '@opentelemetry/instrumentation';
import { packagesToRegister } from '../options/environment.js';
import type { Settings } from '../options/settings.js';
import { knownInstrumentations } from '../app/third-party.js';
import { describeError } from '../span/errors/describe-error.js';
import { appRequire, hookImports } from './import-hook.js';

/** What `nestjs-tracing/register` has done. */
export interface Registered {
  /** The instrumentations, by the packages that hold them. */
  readonly packages: Map<string, readonly Instrumentation[]>;
  /** What it could not do, and how to mend it. */
  readonly faults: string[];
}

/**
 * On `globalThis`, since a bundled app has its own copy of this package, while `register` runs that of
 * `node_modules`. It holds data only; the key has the major version, because another one may read it
 * differently.
 */
const key = Symbol.for('nestjs-tracing.0.registered');
const state = globalThis as { [key]?: Registered };

/** Undefined in a process that was started without `register`. */
export function registered(): Registered | undefined {
  return state[key];
}

/** Says that `register` runs; undefined where it has run before. */
function beginRegistering(): Registered | undefined {
  if (state[key] !== undefined) return undefined;
  return (state[key] = { packages: new Map(), faults: [] });
}

/** Those that the options give, and those that `register` has constructed. */
export function activeInstrumentations({
  instrumentations,
}: Pick<Settings, 'instrumentations'>): readonly Instrumentation[] {
  return [...instrumentations, ...[...(state[key]?.packages.values() ?? [])].flat()];
}

type InstrumentationClass = new () => Instrumentation;

/** One of each class that a package exports, or what is wrong with the package. */
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
 * Constructs the instrumentations that `TRACING_INSTRUMENTATIONS` names, and hooks the import of what
 * they trace. Starts no SDK: what they make is recorded once an app gives them its tracer provider.
 * Stops no process: what is wrong is told when the app starts.
 */
export function registerInstrumentations(): void {
  const state = beginRegistering();
  // Being constructed, an instrumentation changes what it traces.
  if (state === undefined) return;
  for (const name of packagesToRegister()) {
    const known = knownInstrumentations.find((one) => one.name === name);
    if (known !== undefined) {
      // Beside this library, each span would be there twice.
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
  const fault = instrumentations.length > 0 ? hookImports(instrumentations) : undefined;
  if (fault !== undefined) state.faults.push(fault);
}
