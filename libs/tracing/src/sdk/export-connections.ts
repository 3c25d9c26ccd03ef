import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/** The exporters of one endpoint: gRPC channels of one process share their connections. */
interface SharedConnections {
  users: number;
  readonly sockets: Set<Socket>;
  /** Says that an exporter is at work. It is an own storage: the context manager may be another one. */
  readonly exporting: AsyncLocalStorage<true>;
  readonly listener: (message: unknown) => void;
}

/** Shared by both builds of this package, should a process load them both. */
const key = Symbol.for('nestjs-tracing.export-connections');
const state = globalThis as { [key]?: Map<string, SharedConnections> };

/**
 * The connections that an exporter opens. OpenTelemetry's own gRPC exporter gives no way to end a call that
 * is under way: it waits for the answer, by default for ten seconds, and its sockets hold the process.
 */
export class ExportConnections {
  private readonly shared: SharedConnections;
  private isClosed = false;

  constructor(private readonly endpoint: string) {
    const all = (state[key] ??= new Map());
    this.shared = all.get(endpoint) ?? listen();
    this.shared.users++;
    all.set(endpoint, this.shared);
  }

  /** Runs what may open a connection, now or later. */
  run(start: () => void): void {
    this.shared.exporting.run(true, start);
  }

  /** Cuts the connections off, so that calls under way fail, unless another exporter uses them. */
  close(): void {
    const { shared, endpoint } = this;
    if (this.isClosed) return;
    this.isClosed = true;
    if (--shared.users > 0) return;
    unsubscribe(CHANNEL, shared.listener);
    state[key]?.delete(endpoint);
    if (state[key]?.size === 0) delete state[key];
    for (const socket of shared.sockets) socket.destroy();
  }
}

function listen(): SharedConnections {
  const sockets = new Set<Socket>();
  const exporting = new AsyncLocalStorage<true>();
  const listener = (message: unknown): void => {
    if (exporting.getStore() === undefined) return;
    const { socket } = message as { socket: Socket };
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  subscribe(CHANNEL, listener);
  return { users: 0, sockets, exporting, listener };
}
