import { isMainThread } from 'node:worker_threads';
import type { LoggerService } from '@nestjs/common';
import { isTestRunner } from '../../options/option-table.js';
import type { NestTracingApp } from '../nest-tracing-app.js';

/**
 * Milliseconds from the start of the app until the check: `app.enableShutdownHooks()` may be called after
 * it, and a script that ends sooner needs no warning.
 */
const DELAY = 5000;

/**
 * Warns once if nothing in the process listens for SIGTERM: the signal then ends the process at once, with
 * all spans that are not exported yet (rule 22). Threads get no signals, and tests are not deployed.
 */
export function checkShutdownSignals(app: NestTracingApp, logger: LoggerService): void {
  if (app.sdk.isExternal || !isMainThread || isTestRunner(process.env)) return;
  const timer = setTimeout(() => {
    if (process.listenerCount('SIGTERM') > 0) return;
    logger.warn(
      'Nothing listens for SIGTERM: when a platform stops this process, its last spans are lost. ' +
        'Call `app.enableShutdownHooks()` after creating the app.',
    );
  }, DELAY);
  timer.unref();
  app.onStop(() => clearTimeout(timer));
}
