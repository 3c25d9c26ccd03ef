import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRunning } from './check-running.ts';
import { checkTests } from './check-tests.ts';
import type { AppKind } from './dimensions.ts';
import { expectedTraces } from './expected-traces.ts';
import { runCommand } from './run-command.ts';
import { writeApp } from './write-app.ts';

/** Makes an app, installs, builds, tests and runs it, as its author would. */
export async function checkApp(folder: string, kind: AppKind, tarball: string): Promise<void> {
  const npm = (...args: string[]) => runCommand('npm', args, { cwd: folder });
  const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folder });
  await writeApp(folder, kind, tarball);
  await npm('install', '--prefer-offline', '--no-audit', '--no-fund');
  await npm('run', 'build');
  // All of it, with the specs and with the declarations that the packages bring.
  await node('node_modules/typescript/bin/tsc', '--noEmit', '--skipLibCheck', 'false');
  if (kind.build === 'tsc') await node('dist/both-builds.mjs');
  await checkTests(folder);
  await checkRunning(folder, await deploy(folder, kind), expectedTraces(kind));
}

/** Where the built app is to run. */
async function deploy(folder: string, { build, nest }: AppKind): Promise<string> {
  if (build !== 'bundled') return join(folder, 'dist/main.js');
  if (nest === '12 ESM') return join(folder, 'bundle/main.mjs');
  // It holds all that it needs: it runs where no package is near.
  const elsewhere = `${folder}-deployed`;
  await cp(join(folder, 'bundle'), elsewhere, { recursive: true });
  return join(elsewhere, 'main.cjs');
}
