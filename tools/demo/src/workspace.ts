import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where the demo finds what it runs. */
export interface Workspace {
  readonly root: string;
  /** Arguments of node that bring everything in `dist` up to date. */
  readonly build: readonly string[];
  /** Arguments of node that start the viewer, without its ports. */
  readonly viewer: readonly string[];
}

/** This repository. */
export function thisWorkspace(): Workspace {
  const { resolve } = createRequire(import.meta.url);
  return {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    build: [resolve('typescript/bin/tsc'), '-b', '--verbose'],
    viewer: [fileURLToPath(new URL('cli.js', import.meta.resolve('autotel-devtools')))],
  };
}
