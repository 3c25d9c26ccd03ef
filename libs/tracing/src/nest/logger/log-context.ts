import { AsyncResource } from 'node:async_hooks';
import type { PinoLogger } from 'nestjs-pino';
import type { RunInLogContext } from '../../span/tracing-app.js';

/**
 * Creates a logging context for one call or message, like that of nestjs-pino for an HTTP request: fields
 * given to `assign()` are added to later lines of that call only. The returned function enters the
 * context, as often as needed.
 */
export function newLogContext(logger: PinoLogger): RunInLogContext {
  // Equivalent to `AsyncLocalStorage.snapshot()`, which takes fifty times as long.
  const resource = logger.runInContext(() => new AsyncResource('nestjs-tracing.log-context'));
  return (run) => resource.runInAsyncScope(run);
}
