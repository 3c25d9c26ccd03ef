import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessSpec {
  readonly name: string;
  /** What node is to run, and its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Lines that say nothing to somebody who asks why it failed. */
  readonly chatter?: RegExp;
}

const PRELOAD = new URL('end-with-demo.mjs', import.meta.url).href;
const LAST_LINES = 15;
/** Pipes may be held open by somebody else after the process has ended. */
const PIPES_MS = 500;

/** A node process that the demo started: what it says, how it ended, and its end. */
export class SupervisedProcess {
  readonly name: string;
  /** How it ended. Resolves after its last line was read. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #chatter: RegExp;
  readonly #listeners: ((line: string) => void)[] = [];

  constructor({ name, args, cwd, env, chatter = /^\s*$/ }: ProcessSpec) {
    this.name = name;
    this.#chatter = chatter;
    this.#child = spawn(process.execPath, ['--import', PRELOAD, ...args], {
      cwd,
      env,
      // Its own group: Ctrl-C in a terminal reaches the demo alone, which then ends it in order.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    });
    this.ended = this.#end();
    this.#read(this.#child.stdout);
    this.#read(this.#child.stderr);
  }

  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /** Calls `listener` with every line of stdout and stderr from now on. */
  onLine(listener: (line: string) => void): void {
    this.#listeners.push(listener);
  }

  /** SIGTERM, and SIGKILL where that has not ended it after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#signal('SIGTERM');
    const patience = new AbortController();
    const tooLong = delay(graceMs, undefined, patience).catch(() => {});
    await Promise.race([this.ended, tooLong]);
    patience.abort();
    // Also where it has ended: what it may have started is in its group.
    this.#signal('SIGKILL');
    await this.ended;
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  }

  #end(): Promise<string> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      this.#child.once('exit', (status, signal) => {
        const how = signal ? `killed by ${signal}` : `exit status ${status}`;
        const timer = setTimeout(() => resolve(how), PIPES_MS);
        this.#child.once('close', () => {
          clearTimeout(timer);
          resolve(how);
        });
      });
    });
  }

  #read(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      if (!this.#chatter.test(line)) this.#lastLines.push(line);
      if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
      for (const listener of this.#listeners) listener(line);
    });
  }
}
