import { Inject, Scope } from '@nestjs/common';
import { PARAMS_PROVIDER_TOKEN, type Params } from 'nestjs-pino';
import { DecoratorProviders } from '../decorators/decorator-providers.js';
import { TracedLogger } from './traced-logger.js';

/** Providers of the loggers that `@InjectTracedLogger(context)` injects. */
export const namedLoggers = new DecoratorProviders('TracedLogger of context', (token, name) => ({
  provide: token,
  scope: Scope.TRANSIENT,
  useFactory: (params: Params) => {
    const logger = new TracedLogger(params);
    logger.setContext(name);
    return logger;
  },
  inject: [PARAMS_PROVIDER_TOKEN],
}));

/**
 * Injects a `TracedLogger`.
 * @example `constructor(@InjectTracedLogger('Checkout') private readonly logger: TracedLogger) {}`
 * @param context the context of its lines. @default the name of the class
 */
export function InjectTracedLogger(context?: string): ParameterDecorator & PropertyDecorator {
  return Inject(context === undefined ? TracedLogger : namedLoggers.token(context));
}
