import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/** The connections that an exporter opens, also those that it waits for. */
export class ExportConnections {
  private readonly sockets = new Set<Socket>();
  /** Not a context of OpenTelemetry: the context manager may be a third party's. */
  private readonly exporting = new AsyncLocalStorage<true>();

  constructor() {
    subscribe(CHANNEL, this.listener);
  }

  /** Runs what opens them, now or later. */
  run(start: () => void): void {
    this.exporting.run(true, start);
  }

  /** Cuts all of them off. */
  close(): void {
    unsubscribe(CHANNEL, this.listener);
    for (const socket of this.sockets) socket.destroy();
  }

  private readonly listener = (message: unknown): void => {
    if (this.exporting.getStore() !== true) return;
    const { socket } = message as { socket: Socket };
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  };
}
