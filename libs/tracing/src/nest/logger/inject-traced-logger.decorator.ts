import { Inject, Scope } from '@nestjs/common';
import { PARAMS_PROVIDER_TOKEN, type Params } from 'nestjs-pino';
import { DecoratorProviders } from '../decorators/decorator-providers.js';
import { TracedLogger } from './traced-logger.js';

/** The loggers that some `@InjectTracedLogger` names. */
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
 * @param context what its lines say under `context`. @default the name of the class
 */
export function InjectTracedLogger(context?: string): ParameterDecorator & PropertyDecorator {
  return Inject(context === undefined ? TracedLogger : namedLoggers.token(context));
}
