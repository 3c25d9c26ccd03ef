import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A real OTLP/gRPC receiver that counts what it gets. */
export class ReceiverProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(started: ChildProcess[]): Promise<ReceiverProcess> {
    const child = fork(fileURLToPath(new URL('receiver.ts', import.meta.url)));
    started.push(child);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return new ReceiverProcess(url, child);
  }

  async spans(): Promise<number> {
    this.#child.send('count');
    const [{ spans }] = (await once(this.#child, 'message')) as [{ spans: number }];
    return spans;
  }

  /** Waits until a number of spans has come. @throws after 20 s, with how many came. */
  async waitFor(expected: number): Promise<void> {
    const until = performance.now() + 20_000;
    for (let spans = await this.spans(); spans < expected; spans = await this.spans()) {
      if (performance.now() > until) throw new Error(`${spans} spans came, not ${expected}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
