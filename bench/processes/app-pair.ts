import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import type { Command, Ready, Usage } from '../apps/app-process.ts';
import type { HttpRequest } from '../load/http-connection.ts';
import type { Variant } from '../variants.ts';
import { Child, plainEnvironment } from './child.ts';

/** Where a pair of processes sends its spans, and which Redis it calls. */
export interface Services {
  readonly collector: string;
  readonly sink: string;
  readonly redis: string | undefined;
}

const bench = fileURLToPath(new URL('..', import.meta.url));

const requests: Readonly<Record<Variant['app'], HttpRequest>> = {
  minimal: { method: 'GET', path: '/say/hello', bodyStart: '{"text":"hello"}' },
  realistic: {
    method: 'POST',
    path: '/orders',
    body: '{"sku":"tea","quantity":2}',
    bodyStart: '{"id":"order-',
  },
};

const protos: Readonly<Record<Variant['app'], string>> = {
  minimal: `${bench}apps/echo.proto`,
  realistic: `${bench}apps/orders.proto`,
};

/** The gateway and the service of a variant, each in a process of its own. */
export class AppPair {
  readonly variant: Variant;
  readonly url: string;
  /** The milliseconds from the start of the processes, one after the other, until they were ready. */
  readonly startup: number;
  readonly #children: readonly Child[];

  private constructor(variant: Variant, url: string, startup: number, children: readonly Child[]) {
    this.variant = variant;
    this.url = url;
    this.startup = startup;
    this.#children = children;
  }

  /** @param nodeOptions are options of Node, such as `--expose-gc` */
  static async start(
    variant: Variant,
    services: Services,
    nodeOptions: readonly string[] = [],
  ): Promise<AppPair> {
    const env = environment(variant, services, await freePort());
    const folder = variant.nest === 11 ? `${bench}competitors/dist` : `${bench}dist`;
    const execArgv = [...nodeOptions, ...preload(variant)];
    const start = performance.now();
    const launch = (role: string): Promise<{ child: Child; ready: Ready }> =>
      Child.start<Ready>(`${folder}/apps/${variant.app}.js`, {
        env: { ...env, BENCH_ROLE: role, OTEL_SERVICE_NAME: role, DD_SERVICE: role },
        execArgv,
        // The apps run beside their own packages.
        cwd: folder,
      });
    const service = await launch('service');
    const gateway = await launch('gateway');
    const startup = performance.now() - start;
    return new AppPair(variant, gateway.ready.url, startup, [service.child, gateway.child]);
  }

  get request(): HttpRequest {
    return requests[this.variant.app];
  }

  /** Sends a command to both processes. Resolves to the sums of what they have used. */
  async ask(command: Command['do'], files: readonly string[] = []): Promise<Usage> {
    const usages = await Promise.all(
      this.#children.map((child, index) =>
        child.ask<Usage>({ do: command, file: files[index] ?? '' }),
      ),
    );
    const sum = (key: keyof Usage): number => usages.reduce((total, one) => total + one[key], 0);
    return { cpu: sum('cpu'), rss: sum('rss'), heap: sum('heap') };
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end()));
  }
}

function environment(
  { app, nest, tracing, env }: Variant,
  { collector, sink, redis }: Services,
  port: string,
): NodeJS.ProcessEnv {
  return {
    ...plainEnvironment(),
    NODE_ENV: 'production',
    BENCH_PROTO: protos[app],
    BENCH_GRPC_PORT: port,
    BENCH_SINK: sink,
    ...(redis !== undefined && { BENCH_REDIS: redis }),
    ...(app === 'realistic' && { BENCH_LOGS: 'yes' }),
    ...(tracing !== undefined && { BENCH_TRACING: specifier(nest, tracingFile(nest, tracing)) }),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    // No span is dropped at saturation, and the last spans of a round are sent soon after it.
    OTEL_BSP_MAX_QUEUE_SIZE: '65536',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    DD_TRACE_AGENT_URL: sink,
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    ...env,
  };
}

function tracingFile(nest: 11 | 12, tracing: string): string {
  if (nest === 12) return `${bench}dist/apps/tracing/${tracing}.js`;
  if (tracing === 'nestjs-tracing') return `${bench}competitors/dist/apps/tracing/${tracing}.js`;
  return `${bench}competitors/tracing/${tracing}.cjs`;
}

/** The apps on Nest 11 are CommonJS. */
function specifier(nest: 11 | 12, file: string): string {
  return nest === 11 ? file : pathToFileURL(file).href;
}

function preload({ nest, tracing, preload }: Variant): string[] {
  if (preload === undefined || tracing === undefined) return [];
  const loaded = preload === 'tracing' ? specifier(nest, tracingFile(nest, tracing)) : preload;
  return [nest === 11 ? '--require' : '--import', loaded];
}
