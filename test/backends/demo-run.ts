import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/otlp/free-port';
import { runCommand } from '../packages/run-command.ts';
import type { LogLine } from '../support/traced-app.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 240_000;

/** What `npm run demo -- --once` left behind. */
export interface DemoRun {
  /** The lines of each service's log. */
  readonly lines: readonly (LogLine & { service: string })[];
  /** How many spans its services sent, by trace id. */
  readonly spanCounts: ReadonlyMap<string, number>;
}

/**
 * Runs the demo's scenarios against a backend.
 *
 * @param env Variables of the services, as `--env` takes them.
 * @throws if a scenario did not show what it must
 */
export async function runDemo(
  endpoint: string,
  env: Readonly<Record<string, string>> = {},
): Promise<DemoRun> {
  const folder = mkdtempSync(join(tmpdir(), 'backends-'));
  try {
    const json = join(folder, 'traces.json');
    const logs = join(folder, 'logs');
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const args = ['--once', '--endpoint', endpoint, '--json', json, '--logs', logs, ...variables];
    await runCommand('npm', ['run', 'demo', '--', ...args], {
      cwd: root,
      limitMs: LIMIT_MS,
      env: {
        GATEWAY_PORT: await freePort(),
        ORDERS_PORT: await freePort(),
        INVENTORY_PORT: await freePort(),
        PAYMENTS_PORT: await freePort(),
      },
    });
    return { lines: linesIn(logs), spanCounts: spanCountsIn(json) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function linesIn(folder: string): DemoRun['lines'] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => ({ ...(JSON.parse(line) as LogLine), service: file.replace('.log', '') })),
  );
}

function spanCountsIn(file: string): Map<string, number> {
  const { resourceSpans } = JSON.parse(readFileSync(file, 'utf8')) as {
    resourceSpans: { scopeSpans: { spans: { traceId: string }[] }[] }[];
  };
  const counts = new Map<string, number>();
  for (const { traceId } of resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  )) {
    counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
  }
  return counts;
}
