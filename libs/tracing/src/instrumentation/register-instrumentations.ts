import type { Instrumentation } from '@opentelemetry/instrumentation';
import { knownInstrumentations } from '../app/third-party.js';
import { packagesToRegister } from '../options/environment.js';
import { describeError } from '../span/errors/describe-error.js';
import { hookImports } from './import-hook.js';
import { appRequire, beginRegistering } from './registered.js';

type InstrumentationClass = new () => Instrumentation;

/** Constructs every instrumentation that a package exports, or returns the problem with the package. */
function constructInstrumentations(name: string): Instrumentation[] | string {
  try {
    const exported: unknown = appRequire()(name);
    const classes = new Set(Object.values(Object(exported) as object).filter(isInstrumentation));
    if (classes.size === 0)
      return `${name} exports no OpenTelemetry instrumentation. Remove it from TRACING_INSTRUMENTATIONS.`;
    return [...classes].map((type) => new type());
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    return isMissing && error.message.includes(`'${name}'`)
      ? `${name} is not installed. Run npm install ${name}.`
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
  if (state === undefined) return;
  for (const name of packagesToRegister()) {
    const known = knownInstrumentations.find((one) => one.name === name);
    if (known !== undefined) {
      // With this library, each span would be created twice.
      state.diagnostics.push(
        `${name} was not loaded, because nestjs-tracing traces ${known.traces} itself. Remove it from TRACING_INSTRUMENTATIONS.`,
      );
      continue;
    }
    const found = constructInstrumentations(name);
    if (typeof found === 'string') state.diagnostics.push(found);
    else state.packages.set(name, found);
  }
  const instrumentations = [...state.packages.values()].flat();
  const problem = instrumentations.length > 0 ? hookImports(instrumentations) : undefined;
  if (problem !== undefined) state.diagnostics.push(problem);
}
