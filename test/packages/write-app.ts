import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appManifest } from './app-manifest.ts';
import type { AppKind } from './dimensions.ts';

/** Writes an app, from the templates that its values name, into a new folder. */
export async function writeApp(folder: string, kind: AppKind, tarball: string): Promise<void> {
  await mkdir(folder);
  for (const template of templatesOf(kind)) {
    await cp(new URL(`apps/${template}`, import.meta.url), folder, { recursive: true });
  }
  if (kind.nest === '11 CommonJS') await dropExtensions(folder);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify(appManifest(kind, tarball), null, 2),
  );
}

function templatesOf({ nest, build, server, packages }: AppKind): string[] {
  return [
    'shop',
    nest === '11 CommonJS' ? 'nest-11' : 'nest-12',
    server.toLowerCase(),
    ...(packages === 'with gRPC' ? ['grpc', `grpc-${server.toLowerCase()}`] : []),
    ...(build === 'bundled' ? ['bundled'] : []),
    ...(build === 'tsc' ? ['both-builds'] : []),
  ];
}

/** CommonJS apps import without extensions, and Jest finds nothing under `.js`. */
async function dropExtensions(folder: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const path = join(folder, file);
    const source = await readFile(path, 'utf8');
    await writeFile(path, source.replaceAll(/from '(\..*)\.js'/g, "from '$1'"));
  }
}
