import { isBuiltin, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Instrumentation } from '@opentelemetry/instrumentation';
// An ES module, which Jest cannot load: only the entry point `register` may import this file.
import {
  register as registerSync,
  supportsSyncHooks,
} from 'import-in-the-middle/register-hooks.mjs';
import { appRequire, tracedModules } from './registered.js';

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
  } else if (isCommonJs) {
    return (
      `Packages that ES modules import are not traced: Node ${process.versions.node} can hook imports with ` +
      '--import nestjs-tracing/register only, not with --require.'
    );
  } else {
    register('import-in-the-middle/hook.mjs', here(), { data: { include } });
  }
  return undefined;
}

/** With the hook in its own thread, `require` could not load ES modules any more. */
const isCommonJs = typeof require === 'function';

/** The URL of this package, of which the hook is a dependency. */
function here(): URL {
  return pathToFileURL(appRequire().resolve('nestjs-tracing/register'));
}
