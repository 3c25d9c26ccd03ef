import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DemoFault } from './demo-fault.ts';

/** The folder of `--logs`: a file for each service, as CloudWatch has a log group for each. */
export class LogFiles {
  readonly #folder: string;

  /** @throws DemoFault where it cannot be written: better now than after all the work. */
  constructor(folder: string, services: readonly string[]) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true });
      for (const service of services) writeFileSync(this.#fileOf(service), '');
    } catch (error) {
      throw new DemoFault(
        `--logs cannot write to ${folder}: ${(error as Error).message}. ` +
          'It needs a folder that you may write.',
        2,
      );
    }
  }

  add(service: string, line: string): void {
    appendFileSync(this.#fileOf(service), `${line}\n`);
  }

  #fileOf(service: string): string {
    return join(this.#folder, `${service}.log`);
  }
}
