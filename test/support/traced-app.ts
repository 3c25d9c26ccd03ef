import { spawn, type ChildProcess } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OtlpReceiver, type Span } from '@shop/otlp';
import { outsideOfTests } from './outside-of-tests.ts';
import { isWhole, newTrace } from './tree.ts';

/** What a fixture is started with, beside the receiver's endpoint. */
export interface TracedAppOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** Whether there is no app to wait for: the start is to fail, or it is a script that ends. */
  readonly serves?: boolean;
}

export interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly trace_flags?: string;
  readonly [key: string]: unknown;
}

/** Where a fixture lies once it is built. */
export function fixturePath(fixture: string): string {
  return fileURLToPath(new URL(`../../dist/test-fixtures/${fixture}.js`, import.meta.url));
}

/** A fixture app in a process of its own, with a real OTLP/gRPC receiver for its spans. */
export class TracedApp {
  url = '';
  output = '';
  errors = '';
  readonly exit: Promise<number | string | null>;

  private constructor(
    readonly process: ChildProcess,
    readonly receiver: OtlpReceiver,
  ) {
    process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.exit = new Promise((resolve) => {
      process.once('close', (code, signal) => resolve(code ?? signal));
    });
  }

  static async start(fixture: string, options: TracedAppOptions = {}): Promise<TracedApp> {
    const receiver = await OtlpReceiver.start();
    const script = isAbsolute(fixture) ? fixture : fixturePath(fixture);
    const child = spawn(process.execPath, [...(options.node ?? []), script], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...outsideOfTests(process.env),
        OTEL_SERVICE_NAME: 'app',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_BSP_SCHEDULE_DELAY: '50',
        ...options.env,
      },
    });
    const app = new TracedApp(child, receiver);
    if (options.serves === false) return app;
    const ready = new Promise<{ url: string }>((resolve) => child.once('message', resolve));
    const first = await Promise.race([ready, app.exit]);
    if (typeof first !== 'object' || first === null) {
      throw new Error(`${fixture} ended with ${first}:\n${app.output}${app.errors}`);
    }
    app.url = first.url;
    return app;
  }

  get lines(): LogLine[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, { signal: AbortSignal.timeout(30_000), ...init });
  }

  /** Makes a request with a trace of its own, and waits until all spans of that trace are here. */
  async trace(path: string, init: RequestInit = {}): Promise<Span[]> {
    const { traceId, traceparent } = newTrace();
    const headers = { ...init.headers, traceparent };
    await (await this.fetch(path, { ...init, headers })).text();
    await this.receiver.waitFor((spans) => isWhole(spans, traceId));
    return this.receiver.spansOfTrace(traceId);
  }

  /** The same for a trace of so many spans, in which not every call was answered by a service. */
  async traceOf(count: number, path: string, init: RequestInit = {}): Promise<Span[]> {
    const { traceId, traceparent } = newTrace();
    const headers = { ...init.headers, traceparent };
    await (await this.fetch(path, { ...init, headers })).text();
    await this.receiver.waitFor(
      (spans) => spans.filter((span) => span.traceId === traceId).length >= count,
    );
    return this.receiver.spansOfTrace(traceId);
  }

  /** Ends the process as a platform does, and waits for what it still exports. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    this.process.kill(signal);
    const code = await this.exit;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
    }
    await this.exit;
    await this.receiver.close();
  }
}
