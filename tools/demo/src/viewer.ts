import { childEnvironment } from './child-environment.ts';
import { DemoFault } from './demo-fault.ts';
import type { Ports } from './ports.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { died } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';
import { waitUntil } from './wait-until.ts';
import type { Workspace } from './workspace.ts';

const READY_MS = 30_000;
const REQUEST_MS = 5_000;
/** Where it listens, as it says: it walks on to the next port when one is busy. */
const SAYS = { page: /UI:\s+(http:\S+)/, otlp: /OTLP\/gRPC: (\d\S+:\d+)/ };

/** autotel-devtools: an OTLP receiver with a web page. */
export class Viewer {
  readonly page: string;
  /** Its own OTLP/gRPC endpoint. */
  readonly otlp: string;
  readonly #process: SupervisedProcess;
  readonly #said = { page: '', otlp: '' };

  constructor(workspace: Workspace, supervisor: Supervisor, ports: Ports, env: NodeJS.ProcessEnv) {
    this.page = `http://127.0.0.1:${ports.viewer}`;
    this.otlp = `http://127.0.0.1:${ports.otlp}`;
    this.#process = supervisor.start({
      name: 'the viewer',
      cwd: workspace.root,
      env: childEnvironment(env),
      args: workspace.viewer.concat(
        ['--host', '127.0.0.1', '--title', 'nestjs-tracing demo'],
        ['--port', String(ports.viewer), '--grpc-port', String(ports.otlp)],
      ),
    });
    this.#process.onLine((line) => {
      this.#said.page ||= SAYS.page.exec(line)?.[1] ?? '';
      const address = SAYS.otlp.exec(line)?.[1];
      if (address) this.#said.otlp ||= `http://${address}`;
    });
  }

  /** @throws DemoFault where it does not come up, or somewhere else. */
  async ready(): Promise<void> {
    const said = this.#said;
    const up = () => (said.page && said.otlp ? this.#answers() : undefined);
    if (!(await waitUntil(up, READY_MS))) {
      throw died(this.#process, `did not come up within ${READY_MS / 1000} s`);
    }
    if (said.page !== this.page || said.otlp !== this.otlp) {
      throw new DemoFault(
        `The viewer came up at ${said.page} and ${said.otlp}, not at ${this.page} and ${this.otlp}: ` +
          'somebody took a port meanwhile. Start again, or move it by VIEWER_PORT or OTLP_PORT.',
      );
    }
  }

  /** Where its page shows a trace. */
  linkTo(traceId: string): string {
    return `${this.page}/#trace=${traceId}`;
  }

  /** How many spans of a trace it has. */
  async spansOf(traceId: string): Promise<number> {
    const response = await fetch(`${this.page}/v1/traces`, {
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const { traces } = (await response.json()) as {
      traces: { traceId: string; spans: unknown[] }[];
    };
    return traces.find((trace) => trace.traceId === traceId)?.spans.length ?? 0;
  }

  async #answers(): Promise<true | undefined> {
    try {
      const signal = AbortSignal.timeout(REQUEST_MS);
      const { ok } = await fetch(`${this.#said.page}/healthz`, { signal });
      return ok || undefined;
    } catch {
      return undefined;
    }
  }
}
