import { Logger, Scope, type Provider } from '@nestjs/common';
import { INQUIRER, ModulesContainer } from '@nestjs/core';
import type { TracingOptions } from '../options/tracing-options.js';
import { redactUserInfo } from '../redaction/redact-user-info.js';
import { ModuleTracers } from './feature/module-tracers.js';
import { NestTracingApp } from './nest-tracing-app.js';
import { clientPatches } from './patches/client-patches.js';
import { spanHandlers } from './patches/handler-spans.js';
import { traceHttpExceptions } from './patches/http-server.js';
import { bindPipelines } from './patches/pipelines.js';
import { startTracing, type StartTracing } from './startup/start-tracing.js';
import { startingApps } from './startup/starting-apps.js';
import { START_TRACING, TRACER, TRACING_APP } from './tokens.js';
import { tracingError } from './tracing.error.js';
import { TRACING_OPTIONS } from './tracing.module-definition.js';

/** Reads the settings, starts the SDK and wraps the handlers in spans. */
export const tracingApp: Provider = {
  provide: TRACING_APP,
  useFactory: async (
    modules: ModulesContainer,
    options?: TracingOptions,
    start: StartTracing = startTracing,
  ): Promise<NestTracingApp> => {
    try {
      if (options === undefined)
        throw tracingError('TRACING_NO_ROOT', 'TracingModule has no options');
      const roots = [...modules.values()].filter(({ providers }) => providers.has(TRACING_APP));
      if (roots.length > 1) throw tracingError('TRACING_SECOND_ROOT');
      return await startApp(modules, options, start);
    } catch (error) {
      clientPatches.endScan();
      throw error;
    }
  },
  inject: [
    ModulesContainer,
    { token: TRACING_OPTIONS, optional: true },
    { token: START_TRACING, optional: true },
  ],
};

async function startApp(
  modules: ModulesContainer,
  options: TracingOptions,
  start: StartTracing,
): Promise<NestTracingApp> {
  startingApps.checkAll();
  const { settings, warnings, sdk, onApp } = await start(options);
  const app = new NestTracingApp(settings, sdk, new ModuleTracers(modules));
  try {
    onApp?.(app);
    if (warnings.length > 0) new Logger('TracingModule').warn(redactUserInfo(warnings.join('\n')));
    clientPatches.hold(app);
    spanHandlers(modules, app);
    bindPipelines(app);
    // External contexts, which an app without HTTP may have too, use the same handlers.
    traceHttpExceptions(app);
  } catch (error) {
    await app.stop().catch(() => undefined);
    throw error;
  }
  startingApps.watch(modules, stopLater(new WeakRef(app)));
  return app;
}

/** A failed export is not reported, since the caller receives the error that made the start fail. */
function stopLater(app: WeakRef<NestTracingApp>): () => void {
  return () => {
    app
      .deref()
      ?.stop()
      .catch(() => undefined);
  };
}

/** Throws if `@InjectTracer()` is used in a module without `forFeature`. */
export const missingTracer: Provider = {
  provide: TRACER,
  scope: Scope.TRANSIENT,
  useFactory: (inquirer: object | undefined) => {
    throw tracingError('TRACING_NO_FEATURE', inquirer?.constructor.name ?? 'a provider');
  },
  inject: [INQUIRER],
};
