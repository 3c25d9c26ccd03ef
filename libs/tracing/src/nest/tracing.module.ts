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
import { redactSetting } from '../redaction/redact-url.js';
import { describeError } from '../span/errors/describe-error.js';
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
import { tracerOfNoFeature, tracingApp } from './tracing.providers.js';
import { TracingService, otherTracingServices } from './tracing.service.js';

/**
 * Traces a NestJS app: import it once, in the root module, with `forRoot()`; modules that want
 * tracers of their own import `forFeature('name')`.
 */
@Global()
@Module({
  providers: [tracingApp, tracerOfNoFeature, TracingService],
  exports: [TRACING_APP, TRACER, TracingService],
})
export class TracingModule
  extends ConfigurableModuleClass
  implements NestModule, OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly logger = new Logger(TracingModule.name);
  private readonly servers: readonly (Unsubscribable | undefined)[];

  /**
   * Starts tracing for the app.
   * @throws TracingSettingsError when the app starts, with all faults of the options at once.
   * @throws TracingError TRACING_SECOND_ROOT when the app starts, if it is imported more than once.
   */
  static override forRoot(options: TracingOptions = {}): DynamicModule {
    return withSupport(super.forRoot(options));
  }

  /** The same, with options that come from other providers or from an asynchronous source. */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<TracingOptions, 'createTracingOptions'>,
  ): DynamicModule {
    return withSupport(super.forRootAsync(options));
  }

  /**
   * Gives a Nest module its tracer, scope `<service>/<name>`: `@InjectTracer()` injects it, and
   * `@Traced()` makes the spans of the module's classes with it. Further names are tracers that
   * `@InjectTracer('name')` injects anywhere in the app.
   * @throws TracingError TRACING_EMPTY_NAME; and when the app starts, TRACING_NO_ROOT if it imports no
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
      // A testing module gets its adapter later, and the app may use that before it is initialized.
      adapterHost.init$.subscribe(() => traceHttpServer(adapterHost, app)),
      followMessages(modules, app),
    ];
  }

  /** Runs before Nest registers the routes, when the HTTP adapter is there for certain. */
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
  }

  async onApplicationShutdown(): Promise<void> {
    // Calls that the server cut off when it closed end with their streams, in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    for (const subscription of this.servers) subscription?.unsubscribe();
    try {
      await this.app.stop();
    } catch (error) {
      this.logger.warn(
        `Not all spans could be exported to ${redactSetting(this.app.settings.endpoint)} at shutdown: ` +
          // grpc-js ends its message with a note that is often empty.
          describeError(error).message.replace(/\s*Resolution note:\s*$/, ''),
      );
    } finally {
      if (PinoLogger.root !== undefined) await flushLines(PinoLogger.root);
    }
  }
}

function withSupport(module: DynamicModule): DynamicModule {
  return {
    ...module,
    imports: [
      ...(module.imports ?? []),
      GrpcSupportModule.load(),
      TcpSupportModule.load(),
      DecoratorProvidersModule.bring(),
      TracingLoggerModule.bring(),
    ],
  };
}

/** Provides app-wide what decorators ask for by a name, and `TracingService` under the class of the other build. */
@Module({})
class DecoratorProvidersModule {
  static bring(): DynamicModule {
    return {
      module: DecoratorProvidersModule,
      global: true,
      // Read when Nest scans the modules.
      get providers() {
        const services = otherTracingServices().map((provide) => ({
          provide,
          useExisting: TracingService,
        }));
        return [...namedTracers.providers, ...services];
      },
      get exports() {
        return [...namedTracers.tokens, ...otherTracingServices()];
      },
    };
  }
}
