import { Logger, Scope, type Provider } from '@nestjs/common';
import { INQUIRER, ModulesContainer } from '@nestjs/core';
import { redactUserInfo } from '../redaction/redact-user-info.js';
import type { TracingOptions } from '../settings/tracing-options.js';
import { bindInterceptors } from './hooks/bind-interceptors.js';
import { spanHandlers } from './hooks/handler-spans.js';
import { NestTracingApp } from './nest-tracing-app.js';
import { PackagesOfClasses } from './tracers/packages-of-classes.js';
import { startTracing, type StartTracing } from './start/start-tracing.js';
import { START_TRACING, TRACER, TRACING_APP } from './tokens.js';
import { tracingError } from './tracing.error.js';
import { TRACING_OPTIONS } from './tracing.module-definition.js';

/** Reads the settings, starts the SDK, and puts the spans around the handlers. */
export const tracingApp: Provider = {
  provide: TRACING_APP,
  useFactory: async (
    modules: ModulesContainer,
    options?: TracingOptions,
    start: StartTracing = startTracing,
  ): Promise<NestTracingApp> => {
    if (options === undefined)
      throw tracingError('TRACING_NO_ROOT', 'TracingModule has no options');
    const roots = [...modules.values()].filter(({ providers }) => providers.has(TRACING_APP));
    if (roots.length > 1) throw tracingError('TRACING_SECOND_ROOT');
    const { settings, warnings, sdk } = await start(options);
    if (warnings.length > 0) new Logger('TracingModule').warn(redactUserInfo(warnings.join('\n')));
    spanHandlers(modules);
    bindInterceptors();
    return new NestTracingApp(settings, sdk, new PackagesOfClasses(modules));
  },
  inject: [
    ModulesContainer,
    { token: TRACING_OPTIONS, optional: true },
    { token: START_TRACING, optional: true },
  ],
};

/** What `@InjectTracer()` finds in a module without `forFeature`: being injected, it says so. */
export const tracerOfNoFeature: Provider = {
  provide: TRACER,
  scope: Scope.TRANSIENT,
  useFactory: (inquirer: object | undefined) => {
    throw tracingError('TRACING_NO_FEATURE', inquirer?.constructor.name ?? 'a provider');
  },
  inject: [INQUIRER],
};
