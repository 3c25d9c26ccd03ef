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

/** Requires as the app itself would: a package manager may hide its packages from this one. */
export function appRequire(): NodeJS.Require {
  return createRequire(process.argv[1] ?? join(process.cwd(), 'main.js'));
}

/**
 * Lets instrumentations see what ES modules import; what is required they see by themselves. Only the
 * modules that they trace are intercepted. Where Node can, the hook runs in the application's own
 * thread, which starts faster.
 * @returns what is wrong, where something is
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

/** Where this package lies, whose dependency the hook is. */
function here(): URL {
  return pathToFileURL(appRequire().resolve('nestjs-tracing/register'));
}

/**
 * The modules that an instrumentation traces, with what it has seen of them: `moduleVersion` once one
 * is loaded, `moduleExports` once it is patched. The base class of OpenTelemetry has no other place to
 * learn this; of an instrumentation without it nothing is known.
 */
export function tracedModules(
  instrumentation: Instrumentation,
): readonly InstrumentationModuleDefinition[] {
  const modules: unknown = Reflect.get(instrumentation, '_modules');
  return Array.isArray(modules) ? (modules as InstrumentationModuleDefinition[]) : [];
}
