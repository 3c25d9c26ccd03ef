import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { OtlpReceiver, traceTree, type Span } from '@shop/otlp';

/** What a fixture is started with, beside the receiver's endpoint. */
export interface TracedAppOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether the start is to succeed; otherwise `start` waits for the end of the process. */
  readonly fails?: boolean;
}

export interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly trace_flags?: string;
  readonly [key: string]: unknown;
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
    const script = fileURLToPath(
      new URL(`../../dist/test-fixtures/${fixture}.js`, import.meta.url),
    );
    const child = spawn(process.execPath, [script], {
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
    if (options.fails) return app;
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
    return fetch(this.url + path, { signal: AbortSignal.timeout(10_000), ...init });
  }

  /** Makes a request with a trace of its own, and waits until all spans of that trace are here. */
  async trace(path: string, init: RequestInit = {}): Promise<Span[]> {
    const traceId = crypto.randomUUID().replaceAll('-', '');
    const headers = { ...init.headers, traceparent: `00-${traceId}-00000000000000aa-01` };
    await (await this.fetch(path, { ...init, headers })).text();
    await this.receiver.waitFor((spans) =>
      spans.some((span) => span.traceId === traceId && span.parentSpanId === '00000000000000aa'),
    );
    await this.settle(traceId);
    return this.receiver.spans.filter((span) => span.traceId === traceId);
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

  /** A trace is whole once every parent in it is here: children end before their parents. */
  private async settle(traceId: string): Promise<void> {
    await this.receiver.waitFor((spans) => {
      const own = spans.filter((span) => span.traceId === traceId);
      const ids = new Set(own.map((span) => span.spanId));
      return own.every(
        (span) => ids.has(span.parentSpanId ?? '') || span.parentSpanId === '00000000000000aa',
      );
    });
  }
}

/** A trace as an indented tree, for inline snapshots. The caller of the test is no span. */
export function tree(spans: readonly Span[]): string {
  const known = spans.map((span) =>
    span.parentSpanId === '00000000000000aa' ? { ...span, parentSpanId: undefined } : span,
  );
  return `\n${traceTree(known)}\n`;
}

export async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

/** The app must not find itself in a test runner, where it would record nothing. */
function outsideOfTests(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^(VITEST.*|JEST_WORKER_ID|NODE_ENV|NODE_OPTIONS|OTEL_.*|TRACING_.*|TEST)$/.test(name),
    ),
  );
}
