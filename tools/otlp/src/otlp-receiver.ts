import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, StatusObject } from '@grpc/grpc-js';
import { countSpans } from './count-spans.ts';
import type { ExportTraceRequest } from './export-trace-request.ts';
import { OtlpForwarder } from './otlp-forwarder.ts';
import type { Span } from './span.ts';
import { spansOf } from './spans-of.ts';
import { exportTraces, type ExportTraceResponse } from './trace-service.ts';
import { traceTree } from './trace-tree.ts';

/** How the receiver answers, other than at once and with success. */
export interface Trouble {
  /** Milliseconds until the answer. */
  readonly delay?: number;
  /** The status of the answer. The spans of the request are not kept. */
  readonly status?: Partial<StatusObject>;
  /** The number of spans of each request that it claims to reject. They are kept. */
  readonly rejected?: number;
}

export interface OtlpReceiverOptions {
  /** @default 0, a free one */
  port?: number;
  /** Whether requests are kept to be read. Without, they are only counted. @default true */
  keep?: boolean;
  /** Endpoint that gets every request too, unchanged: `http://host:port`. */
  forward?: string;
  /** Told when `forward` did not take spans. */
  onForwardLoss?: (reason: string, spans: number) => void;
}

/**
 * A real OTLP/gRPC receiver of traces on loopback. A request is answered as soon as it is here;
 * it is decoded when somebody reads it.
 */
export class OtlpReceiver {
  /** Spans that were received, kept or not. */
  spanCount = 0;
  requestCount = 0;
  /** Read for each request. */
  trouble: Trouble = {};

  readonly #server = new Server({ 'grpc.max_receive_message_length': -1 });
  readonly #keep: boolean;
  readonly #forwarder: OtlpForwarder | undefined;
  readonly #listeners = new Set<() => void>();
  #encoded: Buffer[] = [];
  #requests: ExportTraceRequest[] = [];
  #spans: Span[] = [];
  #port = 0;

  private constructor({ keep = true, forward, onForwardLoss }: OtlpReceiverOptions) {
    this.#keep = keep;
    this.#forwarder = forward ? new OtlpForwarder(forward, onForwardLoss ?? (() => {})) : undefined;
    this.#server.addService(
      { Export: { ...exportTraces, requestDeserialize: (bytes: Buffer) => bytes } },
      { Export: this.#receive },
    );
  }

  static async start(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(options);
    receiver.#port = await new Promise<number>((resolve, reject) => {
      receiver.#server.bindAsync(
        `127.0.0.1:${options.port ?? 0}`,
        ServerCredentials.createInsecure(),
        (error, port) => (error ? reject(error) : resolve(port)),
      );
    });
    return receiver;
  }

  get port(): number {
    return this.#port;
  }

  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` takes. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Spans that `forward` did not take. */
  get lostSpans(): number {
    return this.#forwarder?.lostSpans ?? 0;
  }

  /** The kept requests, in the order they came. */
  get requests(): readonly ExportTraceRequest[] {
    for (const bytes of this.#encoded.splice(0)) {
      const request = exportTraces.requestDeserialize(bytes);
      this.#requests.push(request);
      this.#spans.push(...spansOf(request));
    }
    return this.#requests;
  }

  /** The spans of the kept requests, in the order they came. */
  get spans(): readonly Span[] {
    void this.requests;
    return this.#spans;
  }

  spansOfTrace(traceId: string): Span[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** Calls `listener` after each request; the answer takes it off again. */
  onRequest(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves to the spans as soon as `predicate` holds for them.
   *
   * @throws after `timeoutMs`, with the traces that did come.
   */
  waitFor(predicate: (spans: readonly Span[]) => boolean, timeoutMs = 30_000): Promise<Span[]> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        stop();
        act();
      };
      const check = () => {
        try {
          if (predicate(this.spans)) settle(() => resolve([...this.spans]));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const fail = () => settle(() => reject(new Error(this.#whatCame(timeoutMs))));
      const timer = setTimeout(fail, timeoutMs);
      const stop = this.onRequest(check);
      check();
    });
  }

  /** Forgets what was received. The counters go on. */
  clear(): void {
    this.#encoded = [];
    this.#requests = [];
    this.#spans = [];
  }

  /** Waits until `forward` has answered everything. */
  async drain(): Promise<void> {
    await this.#forwarder?.drain();
  }

  async close(): Promise<void> {
    this.#server.forceShutdown();
    await this.#forwarder?.close();
  }

  readonly #receive = (
    call: ServerUnaryCall<Buffer, object>,
    respond: sendUnaryData<ExportTraceResponse>,
  ): void => {
    const { delay = 0, status: failure, rejected = 0 } = this.trouble;
    const answer: typeof respond = (...result) => {
      if (delay === 0) respond(...result);
      else setTimeout(() => respond(...result), delay).unref();
    };
    if (failure !== undefined) {
      answer(failure);
      return;
    }
    try {
      this.spanCount += countSpans(call.request);
    } catch {
      answer({ code: status.INVALID_ARGUMENT, details: 'not an ExportTraceServiceRequest' });
      return;
    }
    this.requestCount += 1;
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage: 'too old' };
    answer(null, rejected === 0 ? {} : { partialSuccess });
    if (this.#keep) this.#encoded.push(call.request);
    this.#forwarder?.send(call.request);
    for (const listener of this.#listeners) listener();
  };

  #whatCame(timeoutMs: number): string {
    const counts = `${this.spanCount} spans in ${this.requestCount} requests`;
    const head = `Not received within ${timeoutMs} ms what was waited for. Received: ${counts}`;
    return this.spans.length ? `${head}:\n${traceTree(this.spans)}` : `${head}.`;
  }
}
