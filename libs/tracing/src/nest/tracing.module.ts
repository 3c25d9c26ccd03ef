import {
  Global,
  Inject,
  Logger,
  Module,
  Optional,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import type { Unsubscribable } from 'rxjs';
import { flushLines } from '../logging/pino.js';
import type { TracingOptions } from '../options/tracing-options.js';
import { describeError } from '../span/errors/describe-error.js';
import { startControl } from './control/start-control.js';
import { TracingControl, otherTracingControls } from './control/tracing-control.js';
import { TracingFeatureModule } from './feature/feature.module.js';
import { namedTracers } from './feature/inject-tracer.decorator.js';
import { TracingLoggerModule } from './logger/logging.module.js';
import { NestTracingApp } from './nest-tracing-app.js';
import { followMessages } from './patches/follow-messages.js';
import { traceGrpcServers, GrpcSupportModule } from './patches/grpc-support.js';
import { traceHttpServer } from './patches/http-server.js';
import { TcpSupportModule, traceTcpServers } from './patches/tcp-support.js';
import { startingApps } from './startup/starting-apps.js';
import { reportStartup } from './startup/startup-report.js';
import { LOGGER_ORIGIN, TRACER, TRACING_APP } from './tokens.js';
import { ConfigurableModuleClass } from './tracing.module-definition.js';
import { missingTracer, tracingApp } from './tracing.providers.js';
import { TracingService, otherTracingServices } from './tracing.service.js';

/**
 * Traces a NestJS app. Import it once, in the root module, with `forRoot()` or `forRootAsync()`. A module
 * that needs a tracer of its own imports `forFeature('name')`.
 */
@Global()
@Module({
  providers: [tracingApp, missingTracer, TracingService, TracingControl],
  exports: [TRACING_APP, TRACER, TracingService, TracingControl],
})
export class TracingModule
  extends ConfigurableModuleClass
  implements NestModule, OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger = new Logger(TracingModule.name);
  private readonly servers: readonly (Unsubscribable | undefined)[];

  /**
   * Starts tracing when the app starts, and exports the remaining spans when it closes.
   *
   * @example
   * ```ts
   * @Module({ imports: [TracingModule.forRoot({ service: 'shop' })] })
   * export class AppModule {}
   * ```
   * @param options every option has a default; environment variables are read where an option is not given
   * @throws TracingSettingsError when the app starts, with every invalid option and variable.
   * @throws TracingError TRACING_SECOND_ROOT when the app starts, if it is imported more than once.
   */
  static override forRoot(options: TracingOptions = {}): DynamicModule {
    return withSupport(super.forRoot(options));
  }

  /**
   * Like `forRoot()`, with options from other providers or from an asynchronous source.
   *
   * @example
   * ```ts
   * TracingModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ service: config.get('SERVICE') }),
   * })
   * ```
   */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<TracingOptions, 'createTracingOptions'>,
  ): DynamicModule {
    return withSupport(super.forRootAsync(options));
  }

  /**
   * Registers a tracer for a Nest module, with the instrumentation scope `<service>/<name>`.
   * `@InjectTracer()` injects it, and `@Traced()` uses it for the classes of the module. All names,
   * including further ones, can be injected anywhere in the app with `@InjectTracer('name')`.
   *
   * @example
   * ```ts
   * @Module({ imports: [TracingModule.forFeature('orders')], providers: [OrdersService] })
   * export class OrdersModule {}
   * ```
   * @throws TracingError TRACING_EMPTY_NAME; when the app starts, TRACING_NO_ROOT if it does not import
   *   `forRoot()`.
   */
  static forFeature(name: string, ...more: string[]): DynamicModule {
    return TracingFeatureModule.with([name, ...more]);
  }

  constructor(
    @Inject(TRACING_APP) private readonly app: NestTracingApp,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Optional() @Inject(LOGGER_ORIGIN) private readonly loggerOrigin?: string,
  ) {
    super();
    this.servers = [
      traceGrpcServers(modules, app),
      traceTcpServers(modules, app),
      // A testing module gets its adapter later, and the app may use the adapter before `init()`.
      adapterHost.init$.subscribe(() => traceHttpServer(adapterHost, app)),
      followMessages(modules, app),
    ];
  }

  /** Nest calls this before it registers the routes, when the HTTP adapter certainly exists. */
  configure(): void {
    traceHttpServer(this.adapterHost, this.app);
  }

  onApplicationBootstrap(): void {
    this.app.hasStarted();
    startingApps.forget(this.modules);
    this.app.modulesHaveStarted();
    reportStartup(this.app, this.logger, {
      hasHttpServer: this.adapterHost.httpAdapter !== undefined,
      loggerOrigin: this.loggerOrigin,
    });
    startControl(this.app);
  }

  async onApplicationShutdown(): Promise<void> {
    // Calls that the server aborted when it closed end with their streams, in the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    for (const subscription of this.servers) subscription?.unsubscribe();
    const problem = await this.app.stop().then(
      () => undefined,
      (error: unknown) => `Tracing did not shut down cleanly: ${describeError(error).message}`,
    );
    const warning = this.app.sdk.health?.describeLoss() ?? problem;
    if (warning !== undefined) this.logger.warn(warning);
    if (PinoLogger.root !== undefined) await flushLines(PinoLogger.root);
  }
}

function withSupport(module: DynamicModule): DynamicModule {
  return {
    ...module,
    imports: [
      ...(module.imports ?? []),
      GrpcSupportModule.load(),
      TcpSupportModule.load(),
      DecoratorProvidersModule.create(),
      TracingLoggerModule.create(),
    ],
  };
}

/** Provides app-wide what decorators ask for by a name, and the services of the library under their classes of the other build. */
@Module({})
class DecoratorProvidersModule {
  static create(): DynamicModule {
    return {
      module: DecoratorProvidersModule,
      global: true,
      // Read when Nest scans the modules.
      get providers() {
        const services = otherTracingServices().map((provide) => ({
          provide,
          useExisting: TracingService,
        }));
        const controls = otherTracingControls().map((provide) => ({
          provide,
          useExisting: TracingControl,
        }));
        return [...namedTracers.providers, ...services, ...controls];
      },
      get exports() {
        return [...namedTracers.tokens, ...otherTracingServices(), ...otherTracingControls()];
      },
    };
  }
}
