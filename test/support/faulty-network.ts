import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to connections: they pass, are cut off and refused, get no answer, or are slow. */
export type NetworkFault = 'none' | 'cut' | 'black hole' | 'slow';

const SLOW_MS = 200;

/** A TCP proxy on loopback between an app and its collector. */
export class FaultyNetwork {
  #server: Server | undefined;
  #port = 0;
  #fault: NetworkFault = 'none';
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly target: number) {}

  static async start(target: number): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(target);
    await network.#listen();
    return network;
  }

  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` takes. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Changes the fault, for connections that are open too. */
  async become(fault: NetworkFault): Promise<void> {
    this.#fault = fault;
    if (fault === 'cut') await this.close();
    else if (this.#server === undefined) await this.#listen();
  }

  /** Cuts off all connections. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#forward(socket));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  #forward(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes: Buffer) => this.#pass(bytes, to));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  #pass(bytes: Buffer, to: Socket): void {
    if (this.#fault === 'black hole') return;
    if (this.#fault === 'slow') setTimeout(() => to.write(bytes), SLOW_MS).unref();
    else to.write(bytes);
  }
}
