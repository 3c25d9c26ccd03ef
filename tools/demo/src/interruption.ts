import { constants } from 'node:os';
import { DemoFault } from './demo-fault.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm hands on a Ctrl-C that the terminal has sent to us already. */
const SAME_MS = 1_000;

/** Ctrl-C and its kin, whenever they come. */
export class Interruption {
  /** Rejects with the first one. */
  readonly first: Promise<never>;
  readonly #reject: (fault: DemoFault) => void;
  #at: number | undefined;

  /** @param again Called for a second one: somebody does not want to wait. */
  constructor(again: () => void) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.first = promise;
    this.#reject = reject;
    for (const signal of SIGNALS) {
      process.on(signal, () => this.#came(signal, 128 + constants.signals[signal], again));
    }
    // Nobody reads what we say any more (`npm run demo | head`).
    process.stdout.on('error', () => this.#came('SIGPIPE', 128 + constants.signals.SIGPIPE, again));
    process.stderr.on('error', () => {});
    this.#watchNpm();
  }

  #came(name: string, status: number, again: () => void): void {
    const now = performance.now();
    if (this.#at === undefined) {
      this.#at = now;
      this.#reject(new DemoFault(name, status));
    } else if (now - this.#at > SAME_MS) {
      again();
    }
  }

  /** npm, and the shell between, may be killed without a word to us. */
  #watchNpm(): void {
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) this.#came('SIGHUP', 128 + constants.signals.SIGHUP, () => {});
    }, 500).unref();
  }
}
