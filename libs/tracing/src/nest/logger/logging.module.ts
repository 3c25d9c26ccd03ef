import { AsyncResource } from 'node:async_hooks';
import {
  Global,
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type MiddlewareConsumer,
  type Provider,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { LoggerModule, PARAMS_PROVIDER_TOKEN, PinoLogger, type Params } from 'nestjs-pino';
import type { Logger } from 'pino';
import { LOGGER_ORIGIN, TRACING_APP } from '../tokens.js';
import { tracingError } from '../tracing.error.js';
import { backendOf } from '../../backends/backends.js';
import { traceLogger, type LineOptions } from '../../logging/trace-logger.js';
import { sharedSymbol } from '../../span/process-state.js';
import type { TracingApp, RunInLogContext } from '../../span/tracing-app.js';
import { keepRedaction, loggerParams, requestLines } from './logger-params.js';
import { namedLoggers, NO_LOGGER, otherTracedLoggers, TracedLogger } from './traced-logger.js';

/** The parameters of the app's own `LoggerModule`, in whatever order and way it is imported. */
const APP_PARAMS = sharedSymbol("the parameters of the app's own LoggerModule");

/**
 * Injects the parameters of the app's own `LoggerModule`, which is global. `TracingLoggerModule` does not
 * export its parameters, so Nest's injector resolves the two in order, even if either is asynchronous.
 */
@Module({
  providers: [
    {
      provide: APP_PARAMS,
      useFactory: (params?: Params) => params,
      inject: [{ token: PARAMS_PROVIDER_TOKEN, optional: true }],
    },
  ],
  exports: [APP_PARAMS],
})
class AppLoggerModule {}

/**
 * Provides the logger. An app with nestjs-pino's `LoggerModule` keeps it, with all its settings. nestjs-pino
 * has one root logger per process, with the first parameters, so this module uses the parameters of the
 * app's `LoggerModule` if there is one.
 */
@Global()
@Module({})
export class TracingLoggerModule extends LoggerModule {
  static create(): DynamicModule {
    const {
      providers = [],
      exports = [],
      ...rest
    } = LoggerModule.forRootAsync({
      useFactory: chooseParams,
      inject: [TRACING_APP, HttpAdapterHost, { token: APP_PARAMS, optional: true }],
    });
    return {
      ...rest,
      module: TracingLoggerModule,
      imports: [AppLoggerModule],
      // Read when Nest scans the modules.
      get providers() {
        const others = otherTracedLoggers().map((provide) => ({ provide, useClass: TracedLogger }));
        return [...providers, loggerOrigin, TracedLogger, ...others, ...namedLoggers.providers];
      },
      get exports() {
        const shared = exports.filter((one) => !isParams(one));
        const loggers = [TracedLogger, ...otherTracedLoggers(), ...namedLoggers.tokens];
        return [...shared, LOGGER_ORIGIN, ...loggers];
      },
    };
  }

  private readonly options: LineOptions;
  private readonly isExisting: boolean;

  constructor(
    @Inject(PARAMS_PROVIDER_TOKEN) params: Params,
    @Inject(ApplicationConfig) applicationConfig: ApplicationConfig,
    @Inject(TRACING_APP) private readonly app: TracingApp,
    @Optional() @Inject(APP_PARAMS) private readonly appParams: Params | undefined,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    // Its constructor creates the root logger.
    @Inject(PinoLogger) logger: PinoLogger,
  ) {
    super(params, applicationConfig);
    const root = PinoLogger.root ?? logger.logger;
    app.onStop(keepRedaction(root, params));
    this.isExisting = params.useExisting === true;
    const { logger: options } = app.settings;
    this.options = {
      spanEvents: options === false ? undefined : options?.spanEvents,
      contextKey: params.renameContext,
      ...backendOf(app.settings).logLines,
      requests: requestLines(params, app.settings),
    };
    app.onStop(traceLogger(root, this.options, app));
    app.newLogContext = () => newLogContext(logger);
  }

  /** Sets up request logging, unless the app's own `LoggerModule` does. */
  override configure(consumer: MiddlewareConsumer): void {
    // With `useExisting`, the app logs with Fastify's own logger.
    if (this.isExisting) {
      const logger = fastifyLogger(this.adapterHost);
      this.app.onStop(traceLogger(logger, this.options, this.app));
    }
    const isOurs = this.appParams === undefined && this.app.settings.logger !== false;
    if (isOurs) super.configure(consumer);
  }
}

function chooseParams(
  { settings }: TracingApp,
  { httpAdapter }: HttpAdapterHost,
  appParams: Params | undefined,
): Params {
  if (appParams === undefined) {
    if (settings.logger === false) return NO_LOGGER;
    const params = loggerParams(settings.logger);
    return httpAdapter?.getType() === 'fastify' ? { ...everyRoute, ...params } : params;
  }
  if (typeof settings.logger === 'object') throw tracingError('TRACING_LOGGER_GIVEN_TWICE');
  return appParams;
}

function fastifyLogger({ httpAdapter }: HttpAdapterHost): Logger {
  const { log } = Object(httpAdapter?.getInstance()) as { log?: Logger };
  return Object(log) as Logger;
}

/** The default routes of nestjs-pino match no request on Fastify with Nest 12. */
const everyRoute: Pick<Params, 'forRoutes'> = { forRoutes: ['{*all}'] };

const loggerOrigin: Provider = {
  provide: LOGGER_ORIGIN,
  useFactory: ({ settings }: TracingApp, appParams?: Params) => {
    if (appParams !== undefined) return "the app's own LoggerModule";
    return settings.logger === false ? 'nobody' : 'the nestjs-pino that TracingModule brings';
  },
  inject: [TRACING_APP, { token: APP_PARAMS, optional: true }],
};

function isParams(exported: unknown): boolean {
  return (
    typeof exported === 'object' &&
    exported !== null &&
    'provide' in exported &&
    exported.provide === PARAMS_PROVIDER_TOKEN
  );
}

/**
 * Creates a logging context for one call or message, like that of nestjs-pino for an HTTP request: fields
 * given to `assign()` are added to later lines of that call only. The returned function enters the
 * context, as often as needed.
 */
function newLogContext(logger: PinoLogger): RunInLogContext {
  // Equivalent to `AsyncLocalStorage.snapshot()`, which takes fifty times as long.
  const resource = logger.runInContext(() => new AsyncResource('nestjs-tracing.log-context'));
  return (run) => resource.runInAsyncScope(run);
}
