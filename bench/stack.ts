import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import type { Variant } from './variants.ts';

const script = fileURLToPath(new URL('../dist/bench/app.js', import.meta.url));
const BENCH_PROTO = fileURLToPath(new URL('apps/echo.proto', import.meta.url));

/** The two processes of a variant, up and ready. */
export class Stack {
  readonly variant: Variant;
  readonly url: string;
  readonly #processes: ChildProcess[];

  private constructor(variant: Variant, url: string, processes: ChildProcess[]) {
    this.variant = variant;
    this.url = url;
    this.#processes = processes;
  }

  static async start(variant: Variant, endpoint: string, started: ChildProcess[]): Promise<Stack> {
    const env = {
      ...withoutSettings(process.env),
      BENCH_PROTO,
      BENCH_GRPC_PORT: await freePort(),
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_MAX_QUEUE_SIZE: '65536',
      NODE_ENV: 'production',
      ...variant.env,
    };
    const launch = async (role: string): Promise<{ child: ChildProcess; url: string }> => {
      const child = spawn(process.execPath, [script], {
        env: { ...env, BENCH_ROLE: role, OTEL_SERVICE_NAME: role },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      started.push(child);
      return { child, url: (await answer<{ url: string }>(child)).url };
    };
    const service = await launch('service');
    const gateway = await launch('gateway');
    return new Stack(variant, gateway.url, [service.child, gateway.child]);
  }

  /** CPU that both processes have used, in microseconds. */
  async cpu(): Promise<number> {
    const used = this.#processes.map(async (child) => {
      child.send('cpu');
      const { user, system } = await answer<NodeJS.CpuUsage>(child);
      return user + system;
    });
    return (await Promise.all(used)).reduce((sum, one) => sum + one);
  }
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void =>
      reject(new Error(`a process of the bench ended with ${code}`));
    child.once('exit', died);
    child.once('message', (message) => {
      child.off('exit', died);
      resolve(message as T);
    });
  });
}

/** Only what the variant says counts. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(OTEL|TRACING|BENCH)_/.test(name)),
  );
}
