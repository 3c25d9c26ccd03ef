import { context } from '@opentelemetry/api';
import { patch, type Undo } from '../../app/patch.js';
import { requestScope, requestOfArguments } from '../../span/request-scope.js';
import { recordHandledException } from '../../span/errors/record-error.js';

/** What a handler was called with, as exception filters get it. */
interface Host {
  getArgs(): readonly unknown[];
}

interface ExceptionsHandler {
  handle(exception: unknown, host: Host, ...rest: unknown[]): unknown;
}

/**
 * Loads the handler of exceptions of the optional package, which does not export it.
 * @returns what patches it
 */
export async function loadRpcExceptions(): Promise<() => Undo> {
  const { RpcExceptionsHandler } =
    await import('@nestjs/microservices/exceptions/rpc-exceptions-handler.js');
  return () => traceRpcExceptions(RpcExceptionsHandler.prototype as unknown as ExceptionsHandler);
}

/**
 * Records on server spans the exceptions of calls and messages that filters answer. All of them pass
 * the one method that looks for the filter: those of guards, pipes, interceptors and handlers, and
 * those of the Observables that handlers return.
 */
function traceRpcExceptions(prototype: ExceptionsHandler): Undo {
  return patch(
    prototype,
    'handle',
    (handle) =>
      function (this: ExceptionsHandler, exception, host, ...rest) {
        const request = requestOfArguments(host.getArgs()) ?? requestScope(context.active());
        if (request !== undefined) recordHandledException(request, exception);
        return handle.call(this, exception, host, ...rest);
      },
  );
}
