import { spawn, type ChildProcess } from 'node:child_process';
import { freePort } from '@shop/otlp/free-port';
import { userEnvironment } from './run-command.ts';

const STARTS_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 10_000;

/** An app that was built, in a process of its own. */
export class RunningApp {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #exit: Promise<number | string | null>;
  #output = '';
  #errors = '';

  private constructor(child: ChildProcess, url: string) {
    this.url = url;
    this.#process = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    this.#exit = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal));
    });
  }

  /** Starts it, and waits until it answers. */
  static async start(cwd: string, script: string, env: NodeJS.ProcessEnv): Promise<RunningApp> {
    const port = await freePort();
    const child = spawn(process.execPath, [script], {
      cwd,
      env: { ...userEnvironment(), ...env, PORT: port },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const app = new RunningApp(child, `http://127.0.0.1:${port}`);
    await app.waitFor('an answer', STARTS_WITHIN_MS, () => answers(app.url));
    return app;
  }

  /** What it wrote to stdout and stderr. */
  get said(): string {
    return this.#output + this.#errors;
  }

  get errors(): string {
    return this.#errors;
  }

  get lines(): Record<string, unknown>[] {
    return this.#output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Asks until the answer is true. @throws with what the app said, if it ends or the time is over. */
  async waitFor(
    what: string,
    limitMs: number,
    ask: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const until = performance.now() + limitMs;
    while (!(await ask())) {
      const { exitCode, signalCode } = this.#process;
      const ended = exitCode ?? signalCode;
      if (ended !== null || performance.now() > until) {
        const how = ended === null ? `came within ${limitMs} ms` : `came: it ended with ${ended}`;
        await this.kill();
        throw new Error(`no ${what.replace(/^an? /, '')} ${how}. The app said:\n${this.said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends it as a platform does. @throws if that is not a clean end. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), ENDS_WITHIN_MS);
    const end = await this.#exit;
    clearTimeout(timer);
    // Nest ends the process by the signal again once its hooks are done.
    if (end !== 0 && end !== 'SIGTERM') {
      throw new Error(`after SIGTERM the app ended with ${end}. It said:\n${this.said}`);
    }
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  }
}
