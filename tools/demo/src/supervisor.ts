import { DemoFault } from './demo-fault.ts';
import { SupervisedProcess } from './supervised-process.ts';
import type { ProcessSpec } from './supervised-process.ts';

/** Longer than a service may hold its process to flush spans (2 s). */
const GRACE_MS = 5_000;

/** Everything that the demo started: one that ends by itself fails it, and all end together. */
export class Supervisor {
  /** Rejects when a process ended that should have gone on. */
  readonly failure: Promise<never>;
  readonly #processes: SupervisedProcess[] = [];
  readonly #fail: (fault: DemoFault) => void;
  #stopping = false;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.failure = promise;
    this.#fail = reject;
  }

  /** Starts what is to run until the demo ends. */
  start(spec: ProcessSpec): SupervisedProcess {
    const started = this.#start(spec);
    void started.ended.then((how) => {
      if (!this.#stopping) this.#fail(died(started, `ended by itself (${how})`));
    });
    return started;
  }

  /**
   * Runs a program to its end.
   *
   * @throws DemoFault with its last lines, where it failed.
   */
  async run(spec: ProcessSpec, onLine: (line: string) => void): Promise<void> {
    const started = this.#start(spec);
    started.onLine(onLine);
    const how = await started.ended;
    this.#processes.splice(this.#processes.indexOf(started), 1);
    if (how !== 'exit status 0') throw died(started, `failed (${how})`);
  }

  async stopAll(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#processes.map((one) => one.stop(GRACE_MS)));
  }

  /** At once, for whoever cannot wait. */
  killAll(): void {
    this.#stopping = true;
    for (const one of this.#processes) one.kill();
  }

  #start(spec: ProcessSpec): SupervisedProcess {
    // Whoever was waiting while the demo began to end must not start anything more.
    if (this.#stopping) throw new DemoFault(`${spec.name} is not started: the demo is ending.`);
    const started = new SupervisedProcess(spec);
    this.#processes.push(started);
    return started;
  }
}

/** A fault that shows what `process` said last. */
export function died({ name, lastLines }: SupervisedProcess, what: string): DemoFault {
  const said = lastLines.length
    ? `Its last lines:\n${lastLines.map((line) => `  | ${line}`).join('\n')}`
    : 'It had written nothing.';
  return new DemoFault(`${name} ${what}. ${said}`);
}
