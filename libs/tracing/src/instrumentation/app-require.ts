import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Requires as the app itself would: a package manager may hide its packages from this one. */
export function appRequire(): NodeJS.Require {
  return createRequire(process.argv[1] ?? join(process.cwd(), 'main.js'));
}
