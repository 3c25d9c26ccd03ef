import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';

const library = fileURLToPath(new URL('../../libs/tracing', import.meta.url));

/** Packs the library, which builds it, and answers with the tarball. */
export async function packLibrary(folder: string): Promise<string> {
  const said = await runCommand('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: library,
  });
  const name = /^.*\.tgz$/m.exec(said)?.[0];
  if (name === undefined) throw new Error(`npm pack named no tarball:\n${said}`);
  return join(folder, name);
}
