import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const { type, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const isEsm = type === 'module';
const isExpress = '@nestjs/platform-express' in dependencies;

await build({
  entryPoints: ['dist/main.js'],
  outfile: isEsm ? 'bundle/main.mjs' : 'bundle/main.cjs',
  bundle: true,
  platform: 'node',
  format: isEsm ? 'esm' : 'cjs',
  minify: true,
  // Spans and loggers are named after classes and methods.
  keepNames: true,
  external: [
    // What Nest loads only where an app has it.
    '@nestjs/microservices',
    ...(isExpress ? [] : ['@nestjs/platform-express']),
    '@nestjs/websockets',
    '@fastify/static',
    '@fastify/view',
    'class-transformer',
    'class-validator',
    // OpenTelemetry's exporter requires it when it sends: a bundled one would be a second one.
    '@grpc/grpc-js',
  ],
  // CommonJS packages in an ES module still require the modules of Node.
  ...(isEsm && {
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  }),
});
