import { Client, credentials } from '@grpc/grpc-js';
import type { ExportTraceResponse } from './trace-service.ts';
import { exportTraces } from './trace-service.ts';

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** Sends encoded requests to an OTLP/gRPC endpoint. */
export class OtlpClient {
  readonly #client: Client;

  /** @param endpoint `http://host:port`, or `https://host:port` for TLS. */
  constructor(endpoint: string) {
    const { protocol, hostname, port } = new URL(endpoint);
    const secure = protocol === 'https:';
    this.#client = new Client(
      `${hostname}:${port || (secure ? 443 : 80)}`,
      secure ? credentials.createSsl() : credentials.createInsecure(),
      {
        // Two clients of one process must not share, and close, one connection.
        'grpc.use_local_subchannel_pool': 1,
        'grpc.max_send_message_length': -1,
        // grpc-js would ask a company proxy (`http_proxy`) for this very machine.
        'grpc.enable_http_proxy': LOOPBACK.test(hostname) ? 0 : 1,
      },
    );
  }

  /** @throws the gRPC error, where the other end did not answer with success. */
  export(request: Uint8Array, timeoutMs: number): Promise<ExportTraceResponse> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        exportTraces.path,
        (bytes: Uint8Array) => Buffer.from(bytes),
        exportTraces.responseDeserialize,
        request,
        { deadline: Date.now() + timeoutMs },
        (error, response) => (error ? reject(error) : resolve(response ?? {})),
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
