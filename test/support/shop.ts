import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { OtlpReceiver, type Span } from '@shop/otlp';
import { outsideOfTests } from './outside-of-tests.ts';
import { isWhole, newTrace } from './tree.ts';
import type { LogLine } from './traced-app.ts';

const apps = ['inventory', 'payments', 'orders', 'gateway'] as const;

/** The demo's four services, each in a process of its own, and a receiver for all of them. */
export class Shop {
  readonly receiver: OtlpReceiver;
  readonly #url: string;
  readonly #processes: ChildProcess[];
  readonly #output = new Map<string, string>();

  private constructor(receiver: OtlpReceiver, url: string, processes: ChildProcess[]) {
    this.receiver = receiver;
    this.#url = url;
    this.#processes = processes;
  }

  static async open(): Promise<Shop> {
    const receiver = await OtlpReceiver.start();
    const ports: Record<string, string> = {};
    for (const app of apps) ports[`${app.toUpperCase()}_PORT`] = await freePort();
    const env = {
      ...outsideOfTests(process.env),
      ...ports,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    const processes = apps.map((app) =>
      spawn(
        process.execPath,
        [fileURLToPath(new URL(`../../dist/apps/${app}/main.js`, import.meta.url))],
        { env },
      ),
    );
    const shop = new Shop(receiver, `http://127.0.0.1:${ports['GATEWAY_PORT']}`, processes);
    processes.forEach((child, index) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          shop.#output.set(apps[index]!, (shop.#output.get(apps[index]!) ?? '') + text);
        });
      }
    });
    for (const port of Object.values(ports)) await shop.#listens(port);
    return shop;
  }

  /** Sends a request as somebody whose trace goes on in the shop, and waits for all of that trace. */
  async trace(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; spans: Span[]; body: unknown }> {
    const { traceId, traceparent } = newTrace();
    const response = await fetch(this.#url + path, {
      method,
      headers: { traceparent, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    await this.receiver.waitFor((spans) => isWhole(spans, traceId));
    return { status: response.status, spans: this.receiver.spansOfTrace(traceId), body: answer };
  }

  /** The lines of a trace, with the service that wrote each. */
  lines(traceId: string): (LogLine & { service: string })[] {
    return [...this.#output].flatMap(([service, text]) =>
      text
        .split('\n')
        .filter((line) => line.includes(traceId))
        .map((line) => ({ ...(JSON.parse(line) as LogLine), service })),
    );
  }

  async close(): Promise<void> {
    const ended = this.#processes.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exit;
    });
    await Promise.all(ended);
    await this.receiver.close();
  }

  async #listens(port: string): Promise<void> {
    const until = Date.now() + 30_000;
    while (!(await accepts(Number(port)))) {
      const dead = this.#processes.find((child) => child.exitCode !== null);
      if (dead !== undefined || Date.now() > until) {
        await this.close();
        throw new Error(`no service listens on ${port}:\n${[...this.#output.values()].join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy()).once('connect', () => socket.end());
  });
}
