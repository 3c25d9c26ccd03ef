import { inspect } from 'node:util';
import { redactSetting } from '../redaction/redact-url.js';
import { isSecretKey } from '../redaction/secret-key.js';

export interface SettingsIssue {
  readonly option: string;
  readonly message: string;
}

/** The options of `TracingModule.forRoot` are wrong: `issues` has all faults at once. */
export class TracingSettingsError extends Error {
  override readonly name = 'TracingSettingsError';
  readonly code = 'TRACING_INVALID_SETTINGS';

  constructor(readonly issues: { option: string; message: string }[]) {
    const list = issues.map(({ option, message }) => `  - ${option}: ${message}`).join('\n');
    super(`The options of TracingModule.forRoot() are wrong:\n${list}`);
  }
}

/** What is wrong with a value. A check gives back the value that holds, or a fault. */
export class InvalidValue {
  /** @param variable that is at fault, where it is not the one that was read */
  constructor(
    readonly message: string,
    readonly variable?: string,
  ) {}

  /** Says what was given, what was expected, and, where it helps, how to mend it. */
  static expected(expected: string, given: unknown, mend = ''): InvalidValue {
    const shown = inspect(shownOf(given), {
      depth: 1,
      maxStringLength: 80,
      breakLength: Infinity,
    });
    return new InvalidValue(`expected ${expected}, but got ${shown}.${mend && ` ${mend}`}`);
  }
}

export type Check<T> = (value: unknown) => T | InvalidValue;

function shownOf(value: unknown): unknown {
  try {
    return withoutSecrets(value);
  } catch {
    return new Unseen('a value that throws when it is read');
  }
}

/** What is shown of a value: no secrets of URLs, nothing under the key of a secret, no insides of objects. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactSetting(value);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain || depth > 1) return new Unseen(inspect(value, { depth: -1 }));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      isSecretKey(key) ? 'REDACTED' : withoutSecrets(one, depth + 1),
    ]),
  );
}

/** An object of which only the name of its class is shown. */
class Unseen {
  constructor(private readonly shown: string) {}

  [inspect.custom](): string {
    return this.shown;
  }
}
