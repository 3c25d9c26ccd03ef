import { countSpans } from './count-spans.ts';
import { OtlpClient } from './otlp-client.ts';

const TIMEOUT_MS = 10_000;

/** Hands encoded requests to another OTLP/gRPC endpoint, byte for byte. */
export class OtlpForwarder {
  /** Spans that the other end did not take. */
  lostSpans = 0;
  readonly #client: OtlpClient;
  readonly #underWay = new Set<Promise<void>>();
  readonly #onLoss: (reason: string, spans: number) => void;

  /** @param onLoss Told of every request that was not, or not wholly, taken. */
  constructor(endpoint: string, onLoss: (reason: string, spans: number) => void) {
    this.#client = new OtlpClient(endpoint);
    this.#onLoss = onLoss;
  }

  send(request: Uint8Array): void {
    const sending = this.#send(request).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  /** Waits until everything that was sent is answered, or its time has passed. */
  async drain(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    await this.drain();
    this.#client.close();
  }

  async #send(request: Uint8Array): Promise<void> {
    try {
      const { partialSuccess } = await this.#client.export(request, TIMEOUT_MS);
      const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
      if (rejected) this.#lost(`rejected: ${partialSuccess?.errorMessage ?? ''}`, rejected);
    } catch (error) {
      this.#lost((error as Error).message, countSpans(request));
    }
  }

  #lost(reason: string, spans: number): void {
    this.lostSpans += spans;
    this.#onLoss(reason, spans);
  }
}
