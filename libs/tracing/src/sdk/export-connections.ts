import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/**
 * Whose export is running. It does not rely on the context manager, which may be a third party's. One
 * for all, since before Node 24 the process never lets go of one that was used.
 */
const exporting = new AsyncLocalStorage<ExportConnections>();

/** The connections of an exporter, including those that are still being opened. */
export class ExportConnections {
  private readonly sockets = new Set<Socket>();

  constructor() {
    subscribe(CHANNEL, this.listener);
  }

  /** Runs a function that opens connections, now or later. */
  run(start: () => void): void {
    exporting.run(this, start);
  }

  /** Cuts all of them off. */
  close(): void {
    unsubscribe(CHANNEL, this.listener);
    for (const socket of this.sockets) socket.destroy();
  }

  private readonly listener = (message: unknown): void => {
    if (exporting.getStore() !== this) return;
    const { socket } = message as { socket: Socket };
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  };
}
