import { closeSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { toOtlpJson } from '@shop/otlp';
import type { OtlpReceiver } from '@shop/otlp';
import { DemoFault } from './demo-fault.ts';

/** The file of `--json`. */
export class JsonFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws DemoFault where it cannot be written: better now than after all the work. */
  check(): void {
    this.#try(() => {
      const isNew = !statSync(this.#path, { throwIfNoEntry: false });
      closeSync(openSync(this.#path, 'a'));
      if (isNew) rmSync(this.#path);
    });
  }

  write(relay: OtlpReceiver): void {
    this.#try(() => writeFileSync(this.#path, `${JSON.stringify(toOtlpJson(relay.requests))}\n`));
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw new DemoFault(
        `--json cannot write ${this.#path}: ${(error as Error).message}. ` +
          'It needs a file in a folder that exists and that you may write.',
        2,
      );
    }
  }
}
