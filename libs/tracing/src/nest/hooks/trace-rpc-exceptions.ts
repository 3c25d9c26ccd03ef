import { context } from '@opentelemetry/api';
import { requestScope } from '../../span/app/request-scope.js';
import { requestOfArguments } from '../../span/app/requests-by-object.js';
import { recordThrown } from '../../span/errors/record-thrown.js';
import { traceHttpExceptions } from './trace-http-exceptions.js';

/** What a handler was called with, as exception filters get it. */
interface Host {
  getArgs(): readonly unknown[];
}

interface ExceptionsHandler {
  handle(exception: unknown, host: Host, ...rest: unknown[]): unknown;
}

const done = Symbol.for('nestjs-tracing.exceptions');

/** Loads the handler of exceptions of the optional package, which does not export it. */
export async function loadRpcExceptions(): Promise<void> {
  const { RpcExceptionsHandler } =
    await import('@nestjs/microservices/exceptions/rpc-exceptions-handler.js');
  traceRpcExceptions(RpcExceptionsHandler.prototype);
}

/**
 * Records on server spans the exceptions of calls and messages that filters answer. All of them pass
 * the one method that looks for the filter: those of guards, pipes, interceptors and handlers, and
 * those of the Observables that handlers return.
 */
function traceRpcExceptions(prototype: object): void {
  // External contexts, which an app without HTTP may have too, use the other handlers.
  traceHttpExceptions();
  if (Object.hasOwn(prototype, done)) return;
  Object.defineProperty(prototype, done, { value: true });
  const handler = prototype as ExceptionsHandler;
  const { handle } = handler;
  handler.handle = function (this: ExceptionsHandler, exception, host, ...rest) {
    const request = requestOfArguments(host.getArgs()) ?? requestScope(context.active());
    if (request !== undefined) recordThrown(request, exception);
    return handle.call(this, exception, host, ...rest);
  };
}
