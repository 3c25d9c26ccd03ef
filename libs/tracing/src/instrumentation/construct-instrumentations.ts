import type { Instrumentation } from '@opentelemetry/instrumentation';
import { describeError } from '../span/errors/describe-error.js';
import { appRequire } from './app-require.js';

type InstrumentationClass = new () => Instrumentation;

/** One of each class that a package exports, or what is wrong with the package. */
export function constructInstrumentations(name: string): Instrumentation[] | string {
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
