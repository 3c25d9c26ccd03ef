import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';

/** Where a run was made. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  readonly system: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown CPU',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
  };
}

const MEASURED = {
  12: ['@nestjs/core', '@nestjs/microservices', '@grpc/grpc-js', '@opentelemetry/sdk-node'],
  11: ['@nestjs/core', '@nestjs/microservices', 'nestjs-otel', '@sentry/nestjs', 'dd-trace'],
};

const folders = { 12: '../node_modules', 11: 'competitors/node_modules' };

/** The versions of what was measured, by package. `@nestjs/core@11` is the one on Nest 11. */
export function versions(withNest11: boolean): Record<string, string> {
  const found: Record<string, string> = { node: process.versions.node };
  for (const nest of withNest11 ? ([12, 11] as const) : ([12] as const)) {
    for (const name of MEASURED[nest]) {
      const key = nest === 11 && name.startsWith('@nestjs/') ? `${name}@11` : name;
      const file = new URL(`${folders[nest]}/${name}/package.json`, import.meta.url);
      found[key] = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    }
  }
  return found;
}
