import type { SpanExporter } from '@opentelemetry/sdk-trace';

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
