import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the program. */
    jaeger: string;
    /** Path of the program. */
    collector: string;
  }
}

/** Builds the backends before the first test, where they are not built yet. */
export default function buildBackends(project: TestProject): void {
  const script = fileURLToPath(new URL('build.sh', import.meta.url));
  const paths = execFileSync(script, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  const [jaeger = '', collector = ''] = paths.split('\n');
  project.provide('jaeger', jaeger);
  project.provide('collector', collector);
}
