import { gzipSync } from 'node:zlib';
import { Worker } from 'node:worker_threads';

/** A collector, as a thread without grpc-js reaches it. */
export interface Collector {
  /** `http:` or `https:` with a host and a port. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly certificates: Readonly<Record<'ca' | 'cert' | 'key', Buffer | undefined>>;
  readonly compresses: boolean;
}

/** An encoded `ExportTraceServiceRequest`. */
export interface UnsentRequest {
  /** The number of its spans. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** What an app has not exported yet. */
export interface UnsentRequests {
  readonly collector: Collector;
  readonly requests: readonly UnsentRequest[];
}

/** A request as it is sent, with the place at which its accepted spans are counted. */
interface Job {
  readonly collector: Collector;
  readonly frames: readonly { readonly count: number; readonly bytes: Uint8Array }[];
}

interface WorkerInput {
  readonly jobs: readonly Job[];
  /** First whether all requests were answered, then for each job the number of accepted spans. */
  readonly state: Int32Array;
}

/**
 * Sends requests while the thread of the app waits: at the exit of a process and after a crash, nothing
 * asynchronous can run any more in that thread. Another thread sends them, with Node's own HTTP/2, because
 * it starts faster than with grpc-js, and also in an app that is bundled into one file.
 *
 * @param timeout the maximum time that it may take, in milliseconds
 * @returns for each collector the number of spans that it accepted
 */
export function exportBlocking(unsent: readonly UnsentRequests[], timeout: number): number[] {
  const state = new Int32Array(new SharedArrayBuffer(4 * (1 + unsent.length)));
  const jobs = unsent.map(({ collector, requests }) => ({
    collector,
    frames: requests.map(({ count, bytes }) => ({ count, bytes: frame(bytes, collector) })),
  }));
  if (timeout > 0 && jobs.some(({ frames }) => frames.length > 0)) {
    const input: WorkerInput = { jobs, state };
    // The names of functions may have been kept by a bundler, with a helper that the thread lacks.
    const source = `const __name = (named) => named; (${sendAll.toString()})();`;
    // Neither the preloads of the app nor its variables are for this thread, and nobody reads its output.
    const isolated = { env: {}, execArgv: [], stdout: true, stderr: true };
    new Worker(source, { eval: true, workerData: input, ...isolated }).unref();
    Atomics.wait(state, 0, 0, timeout);
  }
  return unsent.map((_, place) => Atomics.load(state, 1 + place));
}

/** Returns a message of gRPC: whether it is compressed, its length, and its bytes. */
function frame(bytes: Uint8Array, { compresses }: Collector): Uint8Array {
  const body = compresses ? gzipSync(bytes) : bytes;
  const head = Buffer.alloc(5);
  head.writeUInt8(compresses ? 1 : 0, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Runs in the other thread, from its text, so nothing of this file is known to it. */
function sendAll(): void {
  const { connect } = process.getBuiltinModule('node:http2');
  const { workerData } = process.getBuiltinModule('node:worker_threads');
  const { jobs, state } = workerData as WorkerInput;
  let unanswered = jobs.reduce((sum, { frames }) => sum + frames.length, 0);
  for (const [place, { collector, frames }] of jobs.entries()) {
    if (frames.length === 0) continue;
    const { ca, cert, key } = collector.certificates;
    const session = connect(collector.origin, {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    });
    session.on('error', () => undefined);
    for (const { count, bytes } of frames) {
      const stream = session.request({
        ...collector.headers,
        ':method': 'POST',
        ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(collector.compresses && { 'grpc-encoding': 'gzip' }),
      });
      let status: unknown;
      // A response without a message has its status in the headers.
      for (const event of ['response', 'trailers'] as const) {
        stream.on(event, (headers: Record<string, unknown>) => {
          status = headers['grpc-status'] ?? status;
        });
      }
      stream.on('error', () => undefined);
      stream.once('close', () => {
        if (status === '0') Atomics.add(state, 1 + place, count);
        unanswered--;
        if (unanswered > 0) return;
        Atomics.store(state, 0, 1);
        Atomics.notify(state, 0);
      });
      stream.resume();
      stream.end(bytes);
    }
  }
}
