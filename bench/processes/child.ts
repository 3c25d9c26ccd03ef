import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<Child>();

/** A process that answers each message with one message. It sends its first message when it is ready. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts a script. Resolves to the process and its first message. @throws if the process exits instead. */
  static async start<Ready>(
    script: string,
    options: ForkOptions = {},
  ): Promise<{ child: Child; ready: Ready }> {
    const child = new Child(fork(script, { execArgv: [], ...options }));
    running.add(child);
    return { child, ready: await child.#answer<Ready>() };
  }

  /** Sends a message, and resolves to its answer. @throws if the process exits instead. */
  ask<Answer>(message: object): Promise<Answer> {
    const answer = this.#answer<Answer>();
    this.#process.send(message);
    return answer;
  }

  async end(): Promise<void> {
    running.delete(this);
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }

  #answer<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (code: number | null): void =>
        reject(new Error(`A process of the bench exited with code ${code}.`));
      this.#process.once('exit', fail);
      this.#process.once('message', (message) => {
        this.#process.off('exit', fail);
        resolve(message as Answer);
      });
    });
  }
}

/** Ends all processes that still run. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => child.end()));
}

/** The variables of this process, without those that configure tracing. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(OTEL|TRACING|BENCH|DD|SENTRY)_/.test(name)),
  );
}
