import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const { type, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const isEsm = type === 'module';

// What Nest loads only where an app has it.
const optional = [
  '@fastify/static',
  '@fastify/view',
  '@grpc/proto-loader',
  '@nats-io/transport-node',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'amqp-connection-manager',
  'amqplib',
  'class-transformer',
  'class-validator',
  'ioredis',
  'kafkajs',
  'mqtt',
  'nats',
];

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
    ...optional.filter((name) => !(name in dependencies)),
    // The exporter requires it only when it sends, which esbuild does not see in ES modules: a
    // bundled one would be a second one.
    ...(isEsm ? ['@grpc/grpc-js'] : []),
  ],
  // CommonJS packages in an ES module still require the modules of Node.
  ...(isEsm && {
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  }),
});
