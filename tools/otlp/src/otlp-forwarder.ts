import { Client, credentials } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { countSpans } from './count-spans.ts';
import { exportTraces } from './trace-service.ts';

const DEADLINE_MS = 10_000;

/** Hands encoded requests to another OTLP/gRPC endpoint, byte for byte. */
export class OtlpForwarder {
  /** Spans that the other end did not take. */
  lostSpans = 0;
  readonly #client: Client;
  readonly #underWay = new Set<Promise<void>>();
  readonly #onLoss: (reason: string, spans: number) => void;

  /**
   * @param endpoint `http://host:port`, or `https://host:port` for TLS.
   * @param onLoss Told of every request that was not, or not wholly, taken.
   */
  constructor(endpoint: string, onLoss: (reason: string, spans: number) => void) {
    const { protocol, hostname, port } = new URL(endpoint);
    const secure = protocol === 'https:';
    this.#client = new Client(
      `${hostname}:${port || (secure ? 443 : 4317)}`,
      secure ? credentials.createSsl() : credentials.createInsecure(),
      // Two forwarders of one process must not share, and close, one connection.
      { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_send_message_length': -1 },
    );
    this.#onLoss = onLoss;
  }

  send(request: Buffer): void {
    const sending = new Promise<void>((resolve) => {
      this.#client.makeUnaryRequest(
        exportTraces.path,
        (bytes: Buffer) => bytes,
        exportTraces.responseDeserialize,
        request,
        { deadline: Date.now() + DEADLINE_MS },
        (error: ServiceError | null, response) => {
          if (error) this.#lost(error.message, countSpans(request));
          const rejected = Number(response?.partialSuccess?.rejectedSpans ?? 0);
          if (rejected) this.#lost(`rejected: ${response?.partialSuccess?.errorMessage}`, rejected);
          resolve();
        },
      );
    }).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  /** Waits until everything that was sent is answered, or its deadline has passed. */
  async drain(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    await this.drain();
    this.#client.close();
  }

  #lost(reason: string, spans: number): void {
    this.lostSpans += spans;
    this.#onLoss(reason, spans);
  }
}
