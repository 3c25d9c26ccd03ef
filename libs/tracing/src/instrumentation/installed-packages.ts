import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { appRequire } from './app-require.js';

/** The packages that the app depends on, by its package.json. */
export function dependenciesOfApp(): readonly string[] {
  try {
    const file = findPackageJSON(pathToFileURL(process.argv[1] ?? process.cwd()));
    if (file === undefined) return [];
    const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: object };
    return Object.keys(dependencies ?? {});
  } catch {
    return []; // a bundle, with no package.json beside it
  }
}

/** Whether CommonJS, by `import` too, has loaded a package. */
export function isLoaded(name: string): boolean {
  return Object.keys(appRequire().cache).some((file) =>
    file.replaceAll('\\', '/').includes(`/node_modules/${name}/`),
  );
}
