import { AsyncResource } from 'node:async_hooks';
import type { PinoLogger } from 'nestjs-pino';
import type { RunInLogContext } from '../../span/tracing-app.js';

/**
 * A logging context for one call or message, as nestjs-pino has one for each HTTP request: what
 * `assign()` is given there is on the later lines of that call, and on no others. It can be entered
 * again for each later event of the call.
 */
export function newLogContext(logger: PinoLogger): RunInLogContext {
  // Does what `AsyncLocalStorage.snapshot()` does, which takes fifty times as long.
  const resource = logger.runInContext(() => new AsyncResource('nestjs-tracing.log-context'));
  return (run) => resource.runInAsyncScope(run);
}
