import { redactUserInfo } from '../../redaction/redact-user-info.js';

export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * Describes whatever was thrown, without the user info of URLs: drivers put connection strings into their
 * messages. Never throws itself, also where the value's getters do.
 */
export function describeError(error: unknown): ErrorDescription {
  if (typeof error !== 'object' || error === null) {
    const type = error === null ? 'null' : typeof error;
    return { type, message: redactUserInfo(textOf(error)), stack: undefined };
  }
  return {
    type: text(error, 'name') ?? constructorName(error) ?? 'object',
    message: text(error, 'message') ?? '',
    stack: text(error, 'stack'),
  };
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return ''; // a function whose `toString` throws
  }
}

function text(value: object, key: string): string | undefined {
  try {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'string' && found !== '' ? redactUserInfo(found) : undefined;
  } catch {
    return undefined;
  }
}

function constructorName(value: object): string | undefined {
  try {
    const found: unknown = value.constructor;
    return typeof found === 'function' ? found.name || undefined : undefined;
  } catch {
    return undefined;
  }
}
