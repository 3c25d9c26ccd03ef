import type { AppKind } from './dimensions.ts';
import { nestVersion, peerVersion } from './peer-versions.ts';

/** The package.json of an app: that of `nest new`, without linters, and with the library added. */
export function appManifest(kind: AppKind, tarball: string): object {
  const nest = nestVersion(kind);
  const peers = ['@opentelemetry/api', 'nestjs-pino', 'pino', 'pino-http', 'rxjs'];
  if (kind.packages === 'with gRPC') peers.push('@grpc/grpc-js');
  return {
    name: 'shop-app',
    version: '1.0.0',
    private: true,
    ...(kind.nest === '12 ESM' && { type: 'module' }),
    scripts: { build: build[kind.build], ...tools[kind.nest].scripts },
    dependencies: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      [`@nestjs/platform-${kind.server.toLowerCase()}`]: nest,
      ...(kind.packages === 'with gRPC' && {
        '@nestjs/microservices': nest,
        '@grpc/proto-loader': '^0.8.0',
      }),
      ...Object.fromEntries(peers.map((name) => [name, peerVersion(name, kind)])),
      'nestjs-tracing': `file:${tarball}`,
      'reflect-metadata': '^0.2.2',
    },
    devDependencies: {
      '@nestjs/testing': nest,
      '@types/node': '^24.0.0',
      ...tools[kind.nest].packages,
      ...(kind.server === 'Express' && { '@types/supertest': '^7.0.0', supertest: '^7.0.0' }),
      ...(kind.build === 'SWC' && { '@swc/cli': '^0.8.0', '@swc/core': '^1.10.0' }),
      ...(kind.build === 'bundled' && { esbuild: '^0.28.0' }),
    },
  };
}

const build: Record<AppKind['build'], string> = {
  tsc: 'nest build',
  SWC: 'nest build --builder swc --type-check',
  bundled: 'nest build && node bundle.mjs',
};

const tools: Record<
  AppKind['nest'],
  { scripts: Record<string, string>; packages: Record<string, string> }
> = {
  '11 CommonJS': {
    scripts: { test: 'jest', 'test:e2e': 'jest --config ./test/jest-e2e.json' },
    packages: {
      '@nestjs/cli': '^11.0.0',
      '@types/jest': '^30.0.0',
      jest: '^30.0.0',
      'ts-jest': '^29.2.5',
      typescript: '^5.7.3',
    },
  },
  '12 ESM': {
    scripts: { test: 'vitest run', 'test:e2e': 'vitest run --config ./vitest.config.e2e.ts' },
    packages: { '@nestjs/cli': '^12.0.0', typescript: '^6.0.2', vitest: '^4.1.2' },
  },
};
