import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import type { ReceiverCommand } from './receiver.ts';

/**
 * The process that receives spans, whose CPU is not measured. It opens an OTLP/gRPC receiver for each pair
 * of processes, so that it can count the spans of each.
 */
export class ReceiverProcess {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(): Promise<ReceiverProcess> {
    const script = fileURLToPath(new URL('receiver.ts', import.meta.url));
    return new ReceiverProcess((await Child.start(script)).child);
  }

  /** Opens another OTLP receiver, and resolves to its URL. */
  async open(): Promise<string> {
    return (await this.#ask<{ url: string }>({ do: 'open' })).url;
  }

  /** Opens an HTTP server that accepts everything, and resolves to its URL. */
  async openSink(): Promise<string> {
    return (await this.#ask<{ url: string }>({ do: 'open sink' })).url;
  }

  /** The number of spans that the receiver of this URL has received, or of requests to the sink. */
  async count(url: string): Promise<number> {
    return (await this.#ask<{ count: number }>({ do: 'count', url })).count;
  }

  /** Resolves to the number of received spans, once it has reached a number or 10 s have passed. */
  async countUpTo(url: string, expected: number): Promise<number> {
    const end = performance.now() + 10_000;
    let count = await this.count(url);
    while (count < expected && performance.now() < end) {
      await sleep(50);
      count = await this.count(url);
    }
    return count;
  }

  #ask<Answer>(command: ReceiverCommand): Promise<Answer> {
    return this.#child.ask(command);
  }
}
