import { freePort } from '@shop/otlp/free-port';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SERVICES } from './services.ts';
import { isAlive } from './testing/is-alive.ts';
import { poll } from './testing/poll.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

// Each starts six processes.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-demo-'));
  for (const name of SERVICES) {
    const app = join(folder, 'dist', 'apps', name);
    mkdirSync(app, { recursive: true });
    const fake = JSON.stringify(new URL('testing/fake-process.ts', import.meta.url).href);
    writeFileSync(
      join(app, 'main.js'),
      `process.argv[2] = ${JSON.stringify(name)};\nimport(${fake});\n`,
    );
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterEach(() => {
  for (const pid of started()) {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  rmSync(folder, { recursive: true });
});

const events = () => {
  const file = join(folder, 'events');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const started = () => [...events().matchAll(/^started \S+ (\d+)$/gm)].map(([, pid]) => Number(pid));
const left = () => started().filter(isAlive);

/** The node that npm scripts find first: the demo runs on it, whichever runs the tests. */
const workspaceNode = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));

async function start(env: NodeJS.ProcessEnv = {}, args: string[] = ['--once']) {
  const names = ['GATEWAY', 'ORDERS', 'INVENTORY', 'PAYMENTS', 'VIEWER', 'OTLP'];
  const ports = await Promise.all(names.map(freePort));
  const child = spawn(workspaceNode, [here('testing/fake-demo.ts'), folder, ...args], {
    env: {
      ...process.env,
      ...Object.fromEntries(names.map((name, index) => [`${name}_PORT`, String(ports[index])])),
      FAKE_FOLDER: folder,
      npm_lifecycle_event: undefined,
      ...env,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  return { child, ended, output: () => output };
}

test.for([
  { moment: 'the build', when: 'started build', env: { FAKE_BUILD: 'slow' } },
  { moment: 'start-up', when: 'started orders', env: { FAKE_ORDERS: 'silent' } },
  { moment: 'traffic', when: 'asked gateway', env: { FAKE_GATEWAY: 'slow' } },
])('Ctrl-C in $moment ends everything', async ({ when, env }) => {
  const demo = await start(env);
  await poll(when, () => events().includes(when));
  demo.child.kill('SIGINT');
  expect(await demo.ended).toBe(130);
  expect(demo.output()).toContain('SIGINT: ending everything that was started');
  expect(left()).toEqual([]);
});

test('SIGTERM ends everything, also what does not hear it', async () => {
  const demo = await start({ FAKE_GATEWAY: 'slow', FAKE_PAYMENTS: 'deaf' });
  await poll('traffic', () => events().includes('asked gateway'));
  demo.child.kill('SIGTERM');
  expect(await demo.ended).toBe(143);
  expect(left()).toEqual([]);
});

test('when the demo is killed, what it started ends by itself', async () => {
  const demo = await start({ FAKE_GATEWAY: 'slow', FAKE_INVENTORY: 'deaf' });
  await poll('traffic', () => events().includes('asked gateway'));
  expect(left()).toHaveLength(5);
  demo.child.kill('SIGKILL');
  expect(await demo.ended).toBe('SIGKILL');
  await poll('nothing is left', () => left().length === 0);
});

test('a service that dies is named, with its last lines', async () => {
  const demo = await start({ FAKE_ORDERS: 'dies' });
  expect(await demo.ended).toBe(1);
  expect(demo.output()).toContain('orders ended by itself (exit status 3). Its last lines:');
  expect(demo.output()).toContain('  | orders cannot go on');
  expect(left()).toEqual([]);
});

test('services get the variables of --env, and what they say is in the folder of --logs', async () => {
  const logs = join(folder, 'logs', 'new');
  const demo = await start({}, ['--once', '--env', 'FAKE_ORDERS=dies', '--logs', logs]);
  expect(await demo.ended).toBe(1);
  const said = readFileSync(join(logs, 'orders.log'), 'utf8').trim().split('\n').toSorted();
  expect(said).toEqual(['orders cannot go on', 'orders is about to die']);
  expect(readFileSync(join(logs, 'payments.log'), 'utf8')).toBe('');
});

test('a build that fails is named, with its last lines', async () => {
  const demo = await start({ FAKE_BUILD: 'dies' });
  expect(await demo.ended).toBe(1);
  expect(demo.output()).toContain('the build failed (exit status 3). Its last lines:');
  expect(demo.output()).toContain('  | build cannot go on');
  expect(events()).not.toContain('started viewer');
});

test('a viewer that does not come up is named, with its last lines', async () => {
  const demo = await start({ FAKE_VIEWER: 'dies' });
  expect(await demo.ended).toBe(1);
  expect(demo.output()).toContain('the viewer ended by itself (exit status 3). Its last lines:');
  expect(demo.output()).toContain('  | viewer cannot go on');
  expect(left()).toEqual([]);
});

test('a viewer that walked on to another port is told', async () => {
  const demo = await start({ FAKE_VIEWER: 'elsewhere' });
  expect(await demo.ended).toBe(1);
  expect(demo.output()).toMatch(/The viewer came up at .*\n?.*somebody took a port meanwhile/);
  expect(left()).toEqual([]);
});

test('a busy port is named with its variable before anything is started', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  const demo = await start({ INVENTORY_PORT: String(port) });
  expect(await demo.ended).toBe(1);
  holder.close();
  expect(demo.output()).toMatch(
    new RegExp(
      `^\\nPort ${port}, for inventory, is busy. .* by INVENTORY_PORT: INVENTORY_PORT=\\d+ npm`,
    ),
  );
  expect(events()).toBe('');
});

test('without a terminal there are no colours', async () => {
  const demo = await start({ FAKE_ORDERS: 'dies', FORCE_COLOR: '' });
  await demo.ended;
  // oxlint-disable-next-line no-control-regex
  expect(demo.output()).not.toMatch(/\x1b/);
});
