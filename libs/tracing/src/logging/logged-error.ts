import { types } from 'node:util';

interface WithError {
  readonly [key: string]: unknown;
  readonly err?: unknown;
  readonly error?: unknown;
}

/** The error that is logged: as such, or as a field. Nothing of it is read. */
export function loggedError(fields: unknown, errorKey: string): object | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  if (isError(fields)) return fields;
  const { err, error } = fields as WithError;
  if (err === undefined && error === undefined && errorKey === 'err') return undefined;
  return [(fields as WithError)[errorKey], err, error].find(isError);
}

function isError(value: unknown): value is object {
  if (value instanceof Error) return true;
  // One of another realm, as in Jest, is no instance of our `Error`.
  return (
    typeof value === 'object' && value !== null && 'stack' in value && types.isNativeError(value)
  );
}
