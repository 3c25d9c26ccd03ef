import { readFileSync } from 'node:fs';
import type { AppKind } from './dimensions.ts';

const { peerDependencies } = JSON.parse(
  readFileSync(new URL('../../libs/tracing/package.json', import.meta.url), 'utf8'),
) as { peerDependencies: Record<string, string> };

/** The version that an app asks for of a peer of the library that is not of Nest. */
export function peerVersion(name: string, { peers }: AppKind): string {
  return peers === 'newest' ? rangeOf(name) : lowest(rangeOf(name));
}

/** The version that an app asks for of Nest's own packages. */
export function nestVersion({ nest, peers }: AppKind): string {
  if (nest === '11 CommonJS')
    return peers === 'newest' ? '^11.0.0' : lowest(rangeOf('@nestjs/core'));
  // 12.0.0 cannot be installed: its packages ask for version 11 of each other.
  return peers === 'newest' ? '^12.0.0' : '12.0.1';
}

function rangeOf(name: string): string {
  const range = peerDependencies[name];
  if (range === undefined) throw new Error(`${name} is no peer of nestjs-tracing`);
  return range;
}

function lowest(range: string): string {
  const version = /^(?:\^|>=)(\d+\.\d+\.\d+)\b/.exec(range)?.[1];
  if (version === undefined) throw new Error(`no lowest version can be read in '${range}'`);
  return version;
}
