import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { tellException } from '../../http/tell-exception.js';

const done = Symbol.for('nestjs-tracing.exceptions');

/**
 * Tells server spans of the exceptions that filters answer. All of HTTP's pass the one method that
 * looks for the filter: those of routes, of middleware, and of what runs before either.
 */
export function traceHttpExceptions(): void {
  const { prototype } = ExceptionsHandler;
  if (Object.hasOwn(prototype, done)) return;
  Object.defineProperty(prototype, done, { value: true });
  const { next } = prototype;
  prototype.next = function (this: ExceptionsHandler, ...args) {
    tellException(args[0]);
    return next.apply(this, args);
  };
}
