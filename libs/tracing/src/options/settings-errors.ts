import { inspect } from 'node:util';
import { redactSetting } from '../redaction/redact-url.js';
import { isSecretKey } from '../redaction/secret-key.js';

export interface SettingsIssue {
  readonly option: string;
  readonly message: string;
}

/** Reports invalid options of `TracingModule.forRoot()`. `issues` lists all of them. */
export class TracingSettingsError extends Error {
  override readonly name = 'TracingSettingsError';
  readonly code = 'TRACING_INVALID_SETTINGS';

  constructor(readonly issues: { option: string; message: string }[]) {
    const list = issues.map(({ option, message }) => `  - ${option}: ${message}`).join('\n');
    super(`Invalid options of TracingModule.forRoot():\n${list}`);
  }
}

/** Describes why a value is invalid. */
export class InvalidValue {
  /** @param variable the variable that contains the value, if it is not the one that was read */
  constructor(
    readonly message: string,
    readonly variable?: string,
  ) {}

  /** Describes what was expected, what was given and, optionally, how to fix it. */
  static expected(expected: string, given: unknown, fix = ''): InvalidValue {
    const shown = inspect(redacted(given), {
      depth: 1,
      maxStringLength: 80,
      breakLength: Infinity,
    });
    return new InvalidValue(`expected ${expected}, but got ${shown}.${fix && ` ${fix}`}`);
  }
}

/** Returns the value to use, or why the given value is invalid. */
export type Check<T> = (value: unknown) => T | InvalidValue;

function redacted(value: unknown): unknown {
  try {
    return withoutSecrets(value);
  } catch {
    return new Opaque('a value that throws when it is read');
  }
}

/** Redacts a value to be shown: secrets in URLs, values under the keys of secrets, and contents of objects. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactSetting(value);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain || depth > 1) return new Opaque(inspect(value, { depth: -1 }));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      isSecretKey(key) ? 'REDACTED' : withoutSecrets(one, depth + 1),
    ]),
  );
}

/** An object that is shown by the name of its class only. */
class Opaque {
  constructor(private readonly shown: string) {}

  [inspect.custom](): string {
    return this.shown;
  }
}
