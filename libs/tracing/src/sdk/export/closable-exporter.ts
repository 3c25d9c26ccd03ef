import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import type { Collector } from './blocking-export.js';
import { readCertificates } from './certificates.js';
import type { Answer, RequestExporter } from './batch-sender.js';
import { withinTime } from './within-time.js';

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
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Cuts all of them off, and notices no more. */
  close(): void {
    unsubscribe(CHANNEL, this.listener);
    this.cut();
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
  _client: unknown;
  readonly _parameters: {
    readonly address: string;
    readonly compression: string;
    credentials(): ChannelCredentials;
    metadata(): { getMap(): Readonly<Record<string, string | Buffer>> };
  };
  shutdown(): void;
}

interface Serializer {
  serializeRequest(request: unknown): Uint8Array;
  deserializeResponse(response: Uint8Array): Response;
}

/** An `ExportTraceServiceResponse`. */
interface Response {
  readonly partialSuccess?: {
    readonly rejectedSpans?: number | string | null;
    readonly errorMessage?: string | null;
  } | null;
}

/** The private parts of OpenTelemetry's exporter that are needed here. A test fails if they change. */
interface ExporterParts {
  readonly _delegate: { readonly _transport: GrpcTransport; _serializer: Serializer };
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

const ACCEPTED: Answer = { rejected: 0 };

function answerOf({ partialSuccess }: Response): Answer {
  const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
  const message = partialSuccess?.errorMessage ?? '';
  return { rejected: Number.isFinite(rejected) ? rejected : 0, message };
}

/** Milliseconds for calls to fail after their connection was destroyed. */
const LIMIT = 100;

/**
 * OpenTelemetry's own OTLP/gRPC exporter, which sends requests that are already encoded, and can always be
 * closed: by itself it closes the channel only when every call has ended, which by default takes up to ten
 * seconds.
 */
export class ClosableExporter implements RequestExporter {
  private readonly connections = new ExportConnections();
  private readonly transport: GrpcTransport;
  private ending: Promise<void> | undefined;
  private isClosed = false;
  /** What the collector has answered to the request whose result is being reported. */
  private answer: Answer = ACCEPTED;

  constructor(
    private readonly exporter: OTLPTraceExporter,
    private readonly endpoint: string,
  ) {
    const { _delegate: delegate } = exporter as unknown as ExporterParts;
    this.transport = delegate._transport;
    const { _serializer: serializer } = delegate;
    delegate._serializer = {
      serializeRequest: (request) => request as Uint8Array,
      deserializeResponse: (response) => {
        this.answer = answerOf(serializer.deserializeResponse(response));
        return {};
      },
    };
    const { _parameters: parameters } = this.transport;
    const create = parameters.credentials;
    parameters.credentials = () => separate(create());
  }

  export(request: Uint8Array): Promise<Answer> {
    if (this.isClosed) return Promise.reject(new Error('closed'));
    return new Promise((resolve, reject) => {
      const done = ({ code, error }: ExportResult): void => {
        const { answer } = this;
        this.answer = ACCEPTED;
        if (code === ExportResultCode.SUCCESS) resolve(answer);
        else reject(error ?? new Error('The export of a batch of spans has failed'));
      };
      this.connections.run(() => this.exporter.export(request as never, done));
    });
  }

  /**
   * Connects anew for the next request: after an outage, grpc-js waits up to two minutes until it tries to
   * connect again.
   */
  reconnect(): void {
    this.transport.shutdown();
    // A collector that takes connections and never answers would be left with one for each attempt.
    this.connections.cut();
    this.transport._client = undefined;
  }

  /** Describes the collector for a thread without this exporter. */
  collector(): Collector {
    const { address, compression, metadata } = this.transport._parameters;
    const headers = Object.entries(metadata().getMap()).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : value.toString('base64'),
    ]);
    return {
      origin: `${this.endpoint.startsWith('https:') ? 'https' : 'http'}://${address}`,
      headers: Object.fromEntries(headers) as Record<string, string>,
      certificates: readCertificates(),
      compresses: compression === 'gzip',
    };
  }

  /** Closes the channel once every call has ended. */
  shutdown(): Promise<void> {
    return (this.ending ??= this.exporter.shutdown());
  }

  /** Closes the channel, and cuts off what is still under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    // Calls that wait for a connection fail; those that have one go on.
    this.transport.shutdown();
    this.connections.close();
    await withinTime(this.shutdown(), LIMIT).catch(() => undefined);
  }
}
