import { OtlpReceiver, probeEndpoint } from '@shop/otlp';
import { buildStale } from './build-stale.ts';
import { checkPorts } from './check-ports.ts';
import { DemoFault } from './demo-fault.ts';
import type { DemoOptions } from './demo-options.ts';
import { JsonFile } from './json-file.ts';
import { LogBook } from './log-book.ts';
import { LogFiles } from './log-files.ts';
import type { Narrator } from './narrator.ts';
import { readPorts } from './ports.ts';
import type { Listener } from './ports.ts';
import { secondsSince } from './seconds-since.ts';
import { SERVICES, startServices } from './services.ts';
import { showFurtherTraces } from './show-further-traces.ts';
import { showLinks } from './show-links.ts';
import { showScenarios } from './show-scenarios.ts';
import type { Supervisor } from './supervisor.ts';
import { Viewer } from './viewer.ts';
import type { Workspace } from './workspace.ts';

/**
 * The demo from the check of what it was given to the end of its scenarios, and, without `--once`,
 * on and on. What it starts, the supervisor ends.
 *
 * @throws DemoFault that says why it cannot go on.
 */
export async function runDemo(
  { once, json, endpoint, logs, env: more }: DemoOptions,
  workspace: Workspace,
  supervisor: Supervisor,
  narrator: Narrator,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const listeners: Listener[] = endpoint ? [...SERVICES] : [...SERVICES, 'viewer', 'otlp'];
  const ports = readPorts(env, listeners);
  const jsonFile = json === undefined ? undefined : new JsonFile(json);
  jsonFile?.check();
  const logFiles = logs === undefined ? undefined : new LogFiles(logs, SERVICES);
  await checkPorts(ports, listeners);
  if (endpoint) await checkEndpoint(endpoint);

  await buildStale(workspace, supervisor, narrator, env);
  // A first build takes its time: somebody may have come.
  await checkPorts(ports, listeners);

  const viewerOrTarget = endpoint ?? `http://127.0.0.1:${ports.otlp}`;
  const losses: string[] = [];
  const relay = await OtlpReceiver.start({
    forward: viewerOrTarget,
    onForwardLoss: (reason, spans) =>
      losses.push(`${spans} spans could not be passed on to ${viewerOrTarget}: ${reason}`),
  });
  const logBook = new LogBook();
  const start = performance.now();
  narrator.line(`starting ${endpoint ? '' : 'the viewer, '}${SERVICES.join(', ')}`);
  const viewer = endpoint ? undefined : new Viewer(workspace, supervisor, ports, env);
  await Promise.all([
    viewer?.ready().then(() => narrator.line(`  the viewer is ready (${secondsSince(start)})`)),
    startServices(workspace, supervisor, ports, relay.url, logBook, logFiles, narrator, env, more),
  ]);

  const gateway = `http://127.0.0.1:${ports.gateway}`;
  try {
    await showScenarios(gateway, relay, viewer, logBook, narrator);
    await relay.drain();
    if (losses.length) throw new DemoFault(losses.join('\n'));
  } finally {
    jsonFile?.write(relay);
  }
  showLinks(gateway, viewer, { endpoint, json, logs }, narrator);
  if (once) {
    narrator.line('--once: all of it is ended now; without, it goes on until Ctrl-C');
    return;
  }
  narrator.line('Ctrl-C ends it');
  showFurtherTraces(relay, narrator, () => jsonFile?.write(relay));
  await new Promise<never>(() => {});
}

async function checkEndpoint(endpoint: string): Promise<void> {
  try {
    await probeEndpoint(endpoint);
  } catch (error) {
    throw new DemoFault(
      `--endpoint ${endpoint} does not answer as an OTLP/gRPC receiver: ${(error as Error).message}\n` +
        'Start it first, and give the port of its OTLP/gRPC (usually 4317; 4318 is OTLP/HTTP).',
      2,
    );
  }
}
