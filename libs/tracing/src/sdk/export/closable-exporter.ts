import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter, ReadableSpan } from '@opentelemetry/sdk-trace';

/** Waits for a promise, but no longer than the milliseconds given; then it rejects. */
export async function withinTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not finished within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const CHANNEL = 'net.client.socket';

/**
 * Whose export is running. It does not rely on the context manager, which may be a third party's. One
 * for all, since before Node 24 the process never lets go of one that was used.
 */
const exporting = new AsyncLocalStorage<ExportConnections>();

/** The connections of an exporter, including those that are still being opened. */
class ExportConnections {
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

/** Connects one subchannel of grpc-js. */
interface SecureConnector {
  waitForReady(): Promise<void>;
  destroy(): void;
}

interface ChannelCredentials {
  _equals(other: unknown): boolean;
  _createSecureConnector(...args: unknown[]): SecureConnector;
}

interface GrpcTransport {
  readonly _parameters: { credentials(): ChannelCredentials };
  shutdown(): void;
}

/**
 * The gRPC channel of OpenTelemetry's own exporter, reached through private fields. By itself the exporter
 * closes the channel only when every call has ended, which by default takes up to ten seconds.
 */
export class GrpcChannel {
  private readonly transport: GrpcTransport | undefined;

  constructor(exporter: SpanExporter) {
    const { _delegate: delegate } = exporter as { _delegate?: { _transport?: GrpcTransport } };
    this.transport = delegate?._transport;
    if (this.transport === undefined) return;
    const { _parameters: parameters } = this.transport;
    const create = parameters.credentials;
    parameters.credentials = () => separate(create());
  }

  /** Calls that wait for a connection fail; those that have one go on. */
  close(): void {
    this.transport?.shutdown();
  }
}

/**
 * Makes the channel use connections of its own, which can be destroyed without harm to other channels:
 * grpc-js shares connections between channels whose credentials are equal. It also stops grpc-js from
 * connecting once more, after the channel was closed, to an address that had not answered.
 */
function separate(credentials: ChannelCredentials): ChannelCredentials {
  const create = credentials._createSecureConnector;
  credentials._equals = (other) => other === credentials;
  credentials._createSecureConnector = (...args) => {
    const connector = create.apply(credentials, args);
    const { waitForReady, destroy } = connector;
    connector.destroy = () => {
      connector.waitForReady = () => Promise.reject(new Error('The channel is closed'));
      destroy.call(connector);
    };
    connector.waitForReady = () => waitForReady.call(connector);
    return connector;
  };
  return credentials;
}

/** Milliseconds for calls to fail after their connection was destroyed. */
const LIMIT = 100;

/**
 * An exporter that can always be closed. `BatchSpanProcessor` does not shut its exporter down when the last
 * flush has failed or takes too long: its channel would stay open, and calls would keep the process alive.
 */
export class ClosableExporter implements SpanExporter {
  private readonly connections = new ExportConnections();
  private readonly channel: GrpcChannel;
  private ending: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly exporter: SpanExporter) {
    this.channel = new GrpcChannel(exporter);
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    // A processor that waited for the resource may export late, which would open the channel again.
    if (this.isClosed) done({ code: ExportResultCode.FAILED, error: new Error('closed') });
    else this.connections.run(() => this.exporter.export(spans, done));
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  /** Closes the channel once every call has ended. */
  shutdown(): Promise<void> {
    return (this.ending ??= this.exporter.shutdown());
  }

  /** Closes the channel, and cuts off what is still under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.channel.close();
    this.connections.close();
    await withinTime(this.shutdown(), LIMIT).catch(() => undefined);
  }
}
