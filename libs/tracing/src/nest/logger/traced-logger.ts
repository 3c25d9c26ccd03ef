import { Inject, Injectable, Scope } from '@nestjs/common';
import { INQUIRER } from '@nestjs/core';
import { PARAMS_PROVIDER_TOKEN, PinoLogger, type Params } from 'nestjs-pino';
import { classesOfOtherBuild, DecoratorProviders } from '../decorators/decorator-providers.js';
import { tracingError } from '../tracing.error.js';
import { describeError } from '../../span/errors/describe-error.js';

/** The parameters if the `logger` option is `false` and the app has no `LoggerModule`. */
export const NO_LOGGER: Params = {};

/** Whether a call of `assign()` outside of a request was reported. */
let hasWarned = false;

/**
 * nestjs-pino's `PinoLogger`, with the name of the class that it is injected into as its context. Each line
 * includes the IDs of the active span and, if the span is recording, is added to it as an event.
 *
 * @example `constructor(private readonly logger: TracedLogger) {}`
 */
@Injectable({ scope: Scope.TRANSIENT })
export class TracedLogger extends PinoLogger {
  constructor(@Inject(PARAMS_PROVIDER_TOKEN) params: Params, @Inject(INQUIRER) inquirer?: object) {
    if (params === NO_LOGGER) throw tracingError('TRACING_NO_LOGGER');
    super(params);
    const name = inquirer?.constructor.name;
    if (name !== undefined && name !== 'Object') this.setContext(name);
  }

  /**
   * Adds fields to all later lines of the request, call or message that is being handled. Outside of one it
   * has no effect; the first such call logs a warning.
   */
  override assign(fields: Parameters<PinoLogger['assign']>[0]): void {
    try {
      super.assign(fields);
    } catch (error) {
      if (hasWarned) return;
      hasWarned = true;
      this.warn(
        `TracedLogger.assign() had no effect: ${describeError(error).message}. ` +
          'It works while a request, call or message is answered, and in runInContext(). This is reported once.',
      );
    }
  }
}

export const otherTracedLoggers = classesOfOtherBuild('TracedLogger', TracedLogger);

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
