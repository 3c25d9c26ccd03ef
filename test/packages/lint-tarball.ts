import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is wrong with a package before anybody runs it: its exports, its files, its types. */
export async function lintTarball(tarball: string): Promise<void> {
  await runCommand('npx', ['publint', 'run', tarball, '--strict'], { cwd: root });
  // Every Node that the library supports resolves as node16 does; the older ways are nobody's.
  await runCommand('npx', ['attw', tarball, '--profile', 'node16'], { cwd: root });
}
