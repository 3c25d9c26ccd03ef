import type { ArgumentsHost } from '@nestjs/common';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { ExternalExceptionsHandler } from '@nestjs/core/exceptions/external-exceptions-handler.js';
import { tellException } from '../../http/tell-exception.js';

const done = Symbol.for('nestjs-tracing.exceptions');

/**
 * Tells server spans of the exceptions that filters answer. All of HTTP's pass the one method that
 * looks for the filter: those of routes, of middleware, and of what runs before either; those of
 * GraphQL's guards and resolvers pass another one.
 */
export function traceHttpExceptions(): void {
  for (const { prototype } of [ExceptionsHandler, ExternalExceptionsHandler]) {
    if (Object.hasOwn(prototype, done)) continue;
    Object.defineProperty(prototype, done, { value: true });
    const next = prototype.next as (...args: unknown[]) => unknown;
    prototype.next = function (this: unknown, ...args: unknown[]) {
      const [error, host] = args as [unknown, ArgumentsHost | undefined];
      tellException(error, host?.getArgByIndex(0));
      return Reflect.apply(next, this, args);
    } as never;
  }
}
