import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
  Instrumentation,
  InstrumentationModuleDefinition,
} from '@opentelemetry/instrumentation';
import type { Settings } from '../options/settings.js';
import { processState } from '../span/process-state.js';

/** The result of `nestjs-tracing/register`. */
export interface Registered {
  /** The instrumentations, by package. */
  readonly packages: Map<string, readonly Instrumentation[]>;
  /** The problems that were found, and how to fix them. */
  readonly diagnostics: string[];
}

/** `register` and the app share it, also if they use different builds of this version. */
const state = processState<{ registered?: Registered }>('register', () => ({}));

/** Returns the result of `register`; undefined if the process was started without it. */
export function registered(): Registered | undefined {
  return state.registered;
}

/** Creates the result of `register`; returns undefined if it has run before. */
export function beginRegistering(): Registered | undefined {
  if (state.registered !== undefined) return undefined;
  return (state.registered = { packages: new Map(), diagnostics: [] });
}

/** Returns the instrumentations of the options, and those that `register` has constructed. */
export function activeInstrumentations({
  instrumentations,
}: Pick<Settings, 'instrumentations'>): readonly Instrumentation[] {
  return [...instrumentations, ...[...(state.registered?.packages.values() ?? [])].flat()];
}

/** Returns a `require` that resolves like the app's: a package manager may hide its packages from this one. */
export function appRequire(): NodeJS.Require {
  return createRequire(process.argv[1] ?? join(process.cwd(), 'main.js'));
}

/**
 * Returns the modules that an instrumentation traces: `moduleVersion` is set once a module is loaded,
 * `moduleExports` once it is patched. OpenTelemetry's base class has no public property for this. Returns
 * none for an instrumentation without that base class.
 */
export function tracedModules(
  instrumentation: Instrumentation,
): readonly InstrumentationModuleDefinition[] {
  const modules: unknown = Reflect.get(instrumentation, '_modules');
  return Array.isArray(modules) ? (modules as InstrumentationModuleDefinition[]) : [];
}
