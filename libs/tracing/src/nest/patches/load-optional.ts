import { Logger } from '@nestjs/common';
import { describeError } from '../../span/errors/describe-error.js';

/** Loads code that needs an optional package. Returns undefined if it is missing; warns if it is broken. */
export async function loadOptional<T>(
  what: string,
  load: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (!isNotInstalled(error)) {
      const { message } = describeError(error);
      new Logger('TracingModule').warn(`${what} is not traced: it could not be loaded: ${message}`);
    }
    return undefined;
  }
}

/** Checks the code and the message: errors that Jest throws are not instances of a test's `Error`. */
function isNotInstalled(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    /'(@nestjs\/microservices|@grpc\/grpc-js)'/.test(describeError(error).message)
  );
}
