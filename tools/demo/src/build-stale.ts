import { childEnvironment } from './child-environment.ts';
import type { Narrator } from './narrator.ts';
import { secondsSince } from './seconds-since.ts';
import type { Supervisor } from './supervisor.ts';
import type { Workspace } from './workspace.ts';

/** tsc's `--verbose` tells which project it turns to. */
const PROJECT = /Building project '(.*?)\/?(?:tsconfig[^/]*)'/;

/** The rest of what `--verbose` tells, each with the time of day. */
const CHATTER = /^\s*$|^\s+\* |^\S+( [AP]M)? - /;

/** Compiles what has changed since it was compiled last. */
export async function buildStale(
  { root, build }: Workspace,
  supervisor: Supervisor,
  narrator: Narrator,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const start = performance.now();
  narrator.line('building what is stale');
  const spec = {
    name: 'the build',
    args: build,
    cwd: root,
    env: childEnvironment(env),
    chatter: CHATTER,
  };
  await supervisor.run(spec, (line) => {
    const project = PROJECT.exec(line)?.[1];
    if (project)
      narrator.line(`  ${project.startsWith(root) ? project.slice(root.length) : project}`);
  });
  narrator.line(`built (${secondsSince(start)})`);
}
