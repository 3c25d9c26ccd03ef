import { context } from '@opentelemetry/api';
import { patch, type Undo } from '../../app/patch.js';
import { requestOfArguments } from '../../span/request-scope.js';
import { requestScope } from '../../span/scope.js';
import { recordHandledException } from '../../span/errors/record-error.js';

/** The arguments of a handler, as exception filters receive them. */
interface Host {
  getArgs(): readonly unknown[];
}

interface ExceptionsHandler {
  handle(exception: unknown, host: Host, ...rest: unknown[]): unknown;
}

/**
 * Loads the exceptions handler of the optional package, which is not exported from its index.
 * @returns a function that patches it
 */
export async function loadRpcExceptions(): Promise<() => Undo> {
  const { RpcExceptionsHandler } =
    await import('@nestjs/microservices/exceptions/rpc-exceptions-handler.js');
  return () => traceRpcExceptions(RpcExceptionsHandler.prototype as unknown as ExceptionsHandler);
}

/**
 * Records exceptions of calls and messages that reach filters on server spans. All of them pass the method
 * that finds the filter: those of guards, pipes, interceptors and handlers, and of the Observables that
 * handlers return.
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
