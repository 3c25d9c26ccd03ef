import { DemoFault } from './demo-fault.ts';
import { parseDemoOptions, USAGE } from './demo-options.ts';
import { Interruption } from './interruption.ts';
import { Narrator } from './narrator.ts';
import { runDemo } from './run-demo.ts';
import { Supervisor } from './supervisor.ts';
import type { Workspace } from './workspace.ts';

/** The command: runs until it is done, fails or is interrupted, and leaves nothing behind. */
export async function demo(args: readonly string[], workspace: Workspace): Promise<never> {
  const narrator = new Narrator(process.stdout);
  const supervisor = new Supervisor();
  // However this process ends, short of SIGKILL; for that the children watch by themselves.
  process.on('exit', () => supervisor.killAll());
  const interruption = new Interruption(() => process.exit(130));
  let status = 0;
  try {
    const options = parseDemoOptions(args, startedIn());
    if (options === 'help') narrator.line(USAGE);
    else {
      const run = runDemo(options, workspace, supervisor, narrator, process.env);
      await Promise.race([run, supervisor.failure, interruption.first]);
    }
  } catch (error) {
    status = error instanceof DemoFault ? error.status : 1;
    tell(error, status);
  }
  await supervisor.stopAll();
  process.exit(status);
}

function tell(error: unknown, status: number): void {
  if (status > 128) {
    console.error(`\n${(error as Error).message}: ending everything that was started`);
  } else {
    console.error(`\n${error instanceof DemoFault ? error.message : (error as Error).stack}`);
  }
}

/** npm runs a script in the root of the workspace, wherever it was called. */
function startedIn(): string {
  const { npm_lifecycle_event, INIT_CWD } = process.env;
  return (npm_lifecycle_event === 'demo' && INIT_CWD) || process.cwd();
}
