import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@shop/otlp/free-port';

/** A Redis server for the realistic app. */
export interface RedisProcess {
  readonly url: string;
  end(): void;
}

/** Starts a Redis server that keeps nothing on disk. Resolves to `undefined` if there is no `redis-server`. */
export async function startRedis(): Promise<RedisProcess | undefined> {
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const started = await Promise.race([
    once(server, 'spawn').then(() => true),
    once(server, 'error').then(() => false),
  ]).catch(() => false);
  if (!started) return undefined;
  while (!(await canConnect(Number(port)))) await sleep(50);
  return { url: `redis://127.0.0.1:${port}`, end: () => void server.kill('SIGKILL') };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isConnected: boolean): void => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
