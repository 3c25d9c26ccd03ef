import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../packages/run-command.ts';
import { versions } from './versions.ts';

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** Writes the app into a folder, installs what it needs, and builds it. */
export async function writeApp(folder: string, tarball: string): Promise<void> {
  await cp(new URL('app', import.meta.url), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest(tarball), null, 2));
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund'];
  await runCommand('npm', install, { cwd: folder });
  await runCommand(process.execPath, [compiler, '-p', folder], { cwd: folder });
}

function manifest(tarball: string): object {
  return {
    name: 'shop',
    version: '1.0.0',
    private: true,
    dependencies: {
      ...versions.app,
      ...versions.stock,
      '@grpc/proto-loader': '^0.8.0',
      'nestjs-tracing': `file:${tarball}`,
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.0',
    },
    devDependencies: { '@types/express': '^5.0.0', '@types/node': '^24.0.0' },
  };
}
