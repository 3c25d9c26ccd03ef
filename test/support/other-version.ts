import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of the built package that has another version. */
export class OtherVersion {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<OtherVersion> {
    // Within node_modules, it finds the same peers.
    const folder = await mkdtemp(join(root, 'node_modules/.other-version-'));
    const library = join(root, 'libs/tracing');
    for (const part of ['dist', 'package.json']) {
      await cp(join(library, part), join(folder, part), { recursive: true });
    }
    for (const build of ['esm', 'cjs']) {
      const file = join(folder, 'dist', build, 'span/process-state.js');
      const text = await readFile(file, 'utf8');
      const changed = text.replace(/VERSION = '.*'/, "VERSION = '0.0.9'");
      if (changed === text) throw new Error(`Expected a version in ${file}, found none`);
      await writeFile(file, changed);
    }
    return new OtherVersion(folder);
  }

  /** The URL of its ES modules. */
  get url(): string {
    return pathToFileURL(join(this.folder, 'dist/esm/index.js')).href;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
