import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import { isWrapped } from '@opentelemetry/instrumentation';

/**
 * Whether `@opentelemetry/instrumentation-nestjs-core` makes spans around the handlers of HTTP, as it
 * does on Nest 11 where it came before Nest.
 */
export function areHandlersOfOthers(): boolean {
  return isWrapped(RouterExecutionContext.prototype.create);
}
