// Stands in for the build, the viewer and the services: FAKE_<NAME> says what it does.
//   dies     fails after a word
//   deaf     does not hear SIGTERM
//   elsewhere  (viewer) listens on another port than it was told
//   slow     (build, gateway's answers) takes for ever
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server, ServerCredentials } from '@grpc/grpc-js';

const [name = '', ...args] = process.argv.slice(2);
const behaviour = process.env[`FAKE_${name.toUpperCase()}`] ?? 'works';
const port = Number(process.env[`${name.toUpperCase()}_PORT`]);

const folder = process.env['FAKE_FOLDER'];
const tell = (what: string) =>
  appendFileSync(`${folder}/events`, `${what} ${name} ${process.pid}\n`);
tell('started');

const forEver = () => setInterval(() => {}, 60_000);
const after = (option: string) => Number(args[args.indexOf(option) + 1]);

function serveHttp(on: number, whenUp: () => void): void {
  createServer((request, response) => {
    if (request.url === '/health' || request.url === '/healthz') return response.end('{}');
    tell('asked');
    if (behaviour !== 'slow') response.writeHead(503).end();
    return response;
  }).listen(on, '127.0.0.1', whenUp);
}

function run(): void {
  if (behaviour === 'dies') {
    console.log(`${name} is about to die`);
    console.error(`${name} cannot go on`);
    process.exitCode = 3;
    return;
  }
  if (behaviour === 'deaf') process.on('SIGTERM', () => {});
  if (name === 'build') {
    if (behaviour === 'works') return;
    forEver();
  } else if (name === 'viewer') {
    const page = after('--port') + (behaviour === 'elsewhere' ? 1 : 0);
    serveHttp(page, () => {
      console.log(`  UI:        http://127.0.0.1:${page}   (open in a browser)`);
      console.log(`  OTLP/gRPC: 127.0.0.1:${after('--grpc-port')}`);
    });
  } else if (name === 'gateway') {
    serveHttp(port, () => {});
  } else if (behaviour === 'silent') {
    forEver();
  } else {
    new Server().bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), () => {});
  }
}

run();
