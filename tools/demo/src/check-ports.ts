import { connect, createServer } from 'node:net';
import { DemoFault } from './demo-fault.ts';
import { LISTENERS } from './ports.ts';
import type { Listener, Ports } from './ports.ts';

/** @throws DemoFault that names every busy port with the variable that moves it. */
export async function checkPorts(ports: Ports, listeners: readonly Listener[]): Promise<void> {
  const faults = await Promise.all(listeners.map((name) => faultOf(name, ports[name])));
  const told = faults.filter((fault) => fault !== undefined);
  if (told.length) throw new DemoFault(told.join('\n'));
}

async function faultOf(name: Listener, port: number): Promise<string | undefined> {
  const reason = await whyTaken(port);
  if (reason === undefined) return undefined;
  const { variable, what } = LISTENERS[name];
  const move = `${variable}=${await nextFree(port)} npm run demo`;
  const hint =
    name === 'otlp' && reason === 'busy'
      ? `\n  If that is a receiver of yours (Jaeger, a collector), send to it: npm run demo -- --endpoint http://127.0.0.1:${port}`
      : '';
  return `Port ${port}, for ${what}, is ${reason}. Free it, or move ${what} by ${variable}: ${move}${hint}`;
}

async function nextFree(after: number): Promise<number> {
  for (let port = Math.max(after, 1023) + 1; port <= 65535; port += 1) {
    if ((await whyTaken(port)) === undefined) return port;
  }
  return 0;
}

async function whyTaken(port: number): Promise<string | undefined> {
  // macOS lets one listen on 127.0.0.1 beside somebody who listens on all addresses.
  if (await somebodyAnswers(port)) return 'busy';
  return (await whyNotListen(port, '127.0.0.1')) ?? (await whyNotListen(port, undefined));
}

function somebodyAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** @param host undefined: all addresses, where somebody on ::1 alone is met too. */
function whyNotListen(port: number, host: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EACCES') resolve('not ours to use (EACCES: low ports belong to root)');
      else resolve(code === 'EADDRINUSE' ? 'busy' : `not usable (${code})`);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
