import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const STARTS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 10_000;

/** Starts a program, and ends it when its own stdin ends: also when the test that started it was killed. */
const GUARD = `
exec 3<&0
"$0" "$@" 3<&- & server=$!
{ cat <&3; kill $server; } >/dev/null 2>&1 &
exec 3<&-
wait $server`;

/** A backend in a process of its own. */
export class BackendProcess {
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  #said = '';

  private constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#process = spawn('sh', ['-c', GUARD, program, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: 'pipe',
      // A group of its own, which ends as a whole.
      detached: true,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    }
    this.#exit = new Promise((resolve) => this.#process.once('exit', resolve));
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @throws with what it said, if it does not
   */
  static async start(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    answersAt: string,
  ): Promise<BackendProcess> {
    const backend = new BackendProcess(program, args, env);
    const until = performance.now() + STARTS_WITHIN_MS;
    while (!(await answers(answersAt))) {
      const ended = backend.#process.exitCode !== null;
      if (ended || performance.now() > until) {
        await backend.stop();
        const how = ended ? 'ended by itself' : `does not answer at ${answersAt}`;
        throw new Error(`${program} ${how}. It said:\n${backend.#said}`);
      }
      await delay(100);
    }
    return backend;
  }

  /** What it wrote to stdout and stderr. */
  get said(): string {
    return this.#said;
  }

  /** Ends it, with what it holds still sent. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    await Promise.race([this.#exit, delay(ENDS_WITHIN_MS, undefined, { ref: false })]);
    this.#signal('SIGKILL');
    await this.#exit;
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#process.pid!, signal);
    } catch {
      // Nobody is left in the group.
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
