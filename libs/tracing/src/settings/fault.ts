import { inspect } from 'node:util';

/** What is wrong with a value. A check gives back the value that holds, or a fault. */
export class Fault {
  constructor(readonly message: string) {}

  /** Says what was given, what was expected, and, where it helps, how to mend it. */
  static expected(expected: string, given: unknown, mend = ''): Fault {
    const shown = inspect(given, { depth: 1, maxStringLength: 80, breakLength: Infinity });
    return new Fault(`expected ${expected}, but got ${shown}.${mend && ` ${mend}`}`);
  }
}

export type Check<T> = (value: unknown) => T | Fault;
