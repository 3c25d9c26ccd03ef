import { join } from 'node:path';
import { checkRunning } from './check-running.ts';
import { checkTests } from './check-tests.ts';
import type { AppKind } from './dimensions.ts';
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
  await checkRunning(folder, join(folder, mainScript(kind)));
}

function mainScript({ build, nest }: AppKind): string {
  if (build !== 'bundled') return 'dist/main.js';
  return nest === '12 ESM' ? 'bundle/main.mjs' : 'bundle/main.cjs';
}
