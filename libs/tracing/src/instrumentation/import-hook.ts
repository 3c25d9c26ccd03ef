import { createRequire, isBuiltin, Module, register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  Instrumentation,
  InstrumentationModuleDefinition,
} from '@opentelemetry/instrumentation';
import {
  register as registerSync,
  supportsSyncHooks,
} from 'import-in-the-middle/register-hooks.mjs';

/** Returns a `require` that resolves like the app's: a package manager may hide its packages from this one. */
export function appRequire(): NodeJS.Require {
  return createRequire(process.argv[1] ?? join(process.cwd(), 'main.js'));
}

/**
 * Hooks the imports of ES modules for instrumentations, which hook `require` themselves. Only the modules
 * that they trace are intercepted. If Node supports it, the hook runs in the application's thread, which
 * starts faster.
 * @returns the problem if imports cannot be hooked; else undefined
 */
export function hookImports(instrumentations: readonly Instrumentation[]): string | undefined {
  const include = instrumentations
    .flatMap((one) => tracedModules(one).map(({ name }) => name))
    .flatMap((name) => (isBuiltin(name) ? [name, `node:${name}`] : [name]));
  if (supportsSyncHooks()) {
    registerSync({ include });
  } else if (Module.prototype.isPreloading) {
    // Node would preload this package in the thread of the hook too, where it cannot be required.
    return (
      `What ES modules import makes no spans: Node ${process.versions.node} can hook imports with ` +
      '--import nestjs-tracing/register only, not with --require.'
    );
  } else {
    register('import-in-the-middle/hook.mjs', here(), { data: { include } });
  }
  return undefined;
}

/** The URL of this package, of which the hook is a dependency. */
function here(): URL {
  return pathToFileURL(appRequire().resolve('nestjs-tracing/register'));
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
