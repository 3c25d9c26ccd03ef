import { once, type EventEmitter } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';

/** How a collector is silent. */
export const silences = ['is down', 'takes connections only', 'takes calls only'] as const;

/** A collector that answers nothing. */
export class SilentCollector {
  readonly url: string;
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket.on('error', () => {}));
    });
  }

  static async start(how: (typeof silences)[number]): Promise<SilentCollector> {
    const server = how === 'takes calls only' ? createHttp2Server() : createServer();
    const heedless = (emitter: EventEmitter): void => void emitter.on('error', () => {});
    server.on('session', heedless).on('stream', heedless);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const collector = new SilentCollector(server);
    if (how === 'is down') server.close();
    return collector;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }
}
