import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const competitors = fileURLToPath(new URL('competitors', import.meta.url));

const lockfile = `${competitors}/package-lock.json`;
/** A copy of the lockfile from which the packages were installed. */
const installedLockfile = `${competitors}/node_modules/.installed-lock.json`;

function isInstalled(): boolean {
  if (!existsSync(installedLockfile)) return false;
  return readFileSync(lockfile, 'utf8') === readFileSync(installedLockfile, 'utf8');
}

function tsc(...args: string[]): void {
  const options = { cwd: root, stdio: 'inherit' } as const;
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...args], options);
}

/** Builds the library and the apps on Nest 12. */
export function buildApps(): void {
  tsc('-b', 'bench/tsconfig.apps.json');
}

/** Installs what runs on Nest 11, unless it is installed, and builds the apps on Nest 11. */
export function buildCompetitors(): void {
  if (!isInstalled()) {
    const args = ['ci', '--prefix', competitors, '--no-audit', '--no-fund'];
    execFileSync('npm', args, { cwd: root, stdio: 'inherit' });
    copyFileSync(lockfile, installedLockfile);
  }
  tsc('-b', 'libs/tracing/tsconfig.cjs.json');
  tsc('-p', 'bench/competitors');
  execFileSync(process.execPath, ['libs/tracing/scripts/mark-commonjs.js'], { cwd: root });
  // A link would lead to the packages of Nest 12.
  const copy = `${competitors}/node_modules/nestjs-tracing`;
  rmSync(copy, { recursive: true, force: true });
  for (const name of ['package.json', 'dist']) {
    cpSync(`${root}libs/tracing/${name}`, `${copy}/${name}`, { recursive: true });
  }
}
