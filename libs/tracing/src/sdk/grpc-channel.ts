import type { SpanExporter } from '@opentelemetry/sdk-trace';

/** What grpc-js connects by, of one address. */
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
 * The gRPC channel of OpenTelemetry's own exporter. The exporter gives no way to it: it closes the channel
 * only when every call has ended, which takes as long as their deadline, by default ten seconds.
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
 * Credentials whose connections no other channel shares, so that they can be cut off, and which connect no
 * more once the channel is closed. By itself grpc-js shares the connections of a process, and where an
 * address did not answer, it tries once more after the channel was closed.
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
