import type { ArgumentsHost } from '@nestjs/common';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { ExternalExceptionsHandler } from '@nestjs/core/exceptions/external-exceptions-handler.js';
import { tellException } from '../../http/tell-exception.js';
import { patch } from '../../span/app/patch.js';
import type { TracingApp } from '../../span/tracing-app.js';

/**
 * Tells server spans of the exceptions that filters answer, until the app stops. All of HTTP's pass the one
 * method that looks for the filter: those of routes, of middleware, and of what runs before either; those
 * of GraphQL's guards and resolvers pass another one.
 */
export function traceHttpExceptions(app: TracingApp): void {
  for (const { prototype } of [ExceptionsHandler, ExternalExceptionsHandler]) {
    const handler = prototype as unknown as { next(...args: unknown[]): unknown };
    app.onStop(
      patch(handler, 'next', (next) => {
        return function (this: unknown, ...args) {
          const [error, host] = args as [unknown, ArgumentsHost | undefined];
          tellException(error, host?.getArgByIndex(0));
          return Reflect.apply(next, this, args);
        };
      }),
    );
  }
}
