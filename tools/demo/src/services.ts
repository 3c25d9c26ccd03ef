import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { childEnvironment } from './child-environment.ts';
import type { LogBook } from './log-book.ts';
import type { LogFiles } from './log-files.ts';
import type { Narrator } from './narrator.ts';
import { LISTENERS } from './ports.ts';
import type { Ports } from './ports.ts';
import { secondsSince } from './seconds-since.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { died } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';
import { waitUntil } from './wait-until.ts';
import type { Workspace } from './workspace.ts';

export const SERVICES = ['inventory', 'payments', 'orders', 'gateway'] as const;

type Service = (typeof SERVICES)[number];

const READY_MS = 60_000;
const REQUEST_MS = 2_000;

/**
 * Starts the four services and waits until each takes requests.
 *
 * @param otlp Where they send their spans.
 * @param more Further variables, as `--env` takes them.
 * @throws DemoFault naming one that is not ready in time.
 */
export async function startServices(
  { root }: Workspace,
  supervisor: Supervisor,
  ports: Ports,
  otlp: string,
  logBook: LogBook,
  logFiles: LogFiles | undefined,
  narrator: Narrator,
  env: NodeJS.ProcessEnv,
  more: Readonly<Record<string, string>>,
): Promise<void> {
  const start = performance.now();
  const own = Object.fromEntries(SERVICES.map((name) => [LISTENERS[name].variable, ports[name]]));
  const envOf = (name: Service) => {
    const given = Object.entries(more).map(([key, value]) => [
      key,
      value.replaceAll('{service}', name),
    ]);
    return childEnvironment(env, {
      // A reader of the trees waits for every batch.
      OTEL_BSP_SCHEDULE_DELAY: 200,
      ...Object.fromEntries(given),
      ...own,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
    });
  };
  const waits = SERVICES.map(async (name) => {
    const args = [join(root, 'dist', 'apps', name, 'main.js')];
    const service = supervisor.start({ name, args, cwd: root, env: envOf(name) });
    service.onLine((line) => {
      logBook.add(name, line);
      logFiles?.add(name, line);
    });
    await ready(service, name, ports[name]);
    narrator.line(`  ${name} is ready (${secondsSince(start)})`);
  });
  await Promise.all(waits);
}

async function ready(service: SupervisedProcess, name: Service, port: number): Promise<void> {
  const isReady = name === 'gateway' ? () => healthy(port) : () => connects(port);
  if (await waitUntil(isReady, READY_MS)) return;
  throw died(service, `was not ready within ${READY_MS / 1000} s`);
}

async function healthy(port: number): Promise<true | undefined> {
  try {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const { ok } = await fetch(`http://127.0.0.1:${port}/health`, { signal });
    return ok || undefined;
  } catch {
    return undefined;
  }
}

/** A client of its own each time: within one, grpc-js waits a second and more before it retries. */
function connects(port: number): Promise<true | undefined> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
  });
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + 500, (error) => {
      client.close();
      resolve(error ? undefined : true);
    });
  });
}
