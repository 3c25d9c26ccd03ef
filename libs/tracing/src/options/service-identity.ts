import { readFileSync } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';

export interface ServiceIdentity {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The source of the name. */
  readonly source: 'Nest project' | 'package.json' | 'default';
}

/**
 * Finds the name and version of an app by its location: the project of a Nest monorepo
 * (`dist/apps/orders/main.js` is `orders`, with the version in `apps/orders/package.json`), else the nearest
 * package.json.
 */
export function serviceIdentity(mainScript: string | undefined, cwd: string): ServiceIdentity {
  const start = mainScript === undefined ? cwd : dirname(mainScript);
  const parts = start.split(sep);
  const apps = parts.lastIndexOf('apps');
  const project = apps > 0 && parts[apps - 1] === 'dist' ? parts[apps + 1] : undefined;
  if (project === undefined) return nearestPackage(start) ?? nearestPackage(cwd) ?? unknown;
  const root = parts.slice(0, apps - 1).join(sep);
  const own = readPackage(join(root, 'apps', project));
  return {
    name: project,
    version: own?.version ?? readPackage(root)?.version,
    source: 'Nest project',
  };
}

const unknown: ServiceIdentity = { name: undefined, version: undefined, source: 'default' };

function nearestPackage(start: string): ServiceIdentity | undefined {
  const { root } = parse(start);
  for (let folder = start; ; folder = dirname(folder)) {
    const found = readPackage(folder);
    if (found?.name !== undefined || folder === root) return found;
  }
}

function readPackage(folder: string): ServiceIdentity | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof content !== 'object' || content === null) return undefined;
    const { name, version } = content as Record<string, unknown>;
    return {
      // A scope names the owner, not the service.
      name: typeof name === 'string' ? name.replace(/^@[^/]*\//, '') || undefined : undefined,
      version: typeof version === 'string' ? version : undefined,
      source: 'package.json',
    };
  } catch {
    return undefined;
  }
}
