import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { Tracer } from '@opentelemetry/api';
import { FEATURE_NAMES, TRACER, TRACING_APP } from '../tokens.js';
import { tracingError } from '../tracing.error.js';
import { namedTracer } from './inject-tracer.decorator.js';

/** The part of the app that a feature uses. */
interface FeatureApp {
  moduleTracer(name: string): Tracer;
  modulesHaveChanged(): void;
}

/** Provides the tracers of a module that imports `TracingModule.forFeature()`. */
@Module({})
export class TracingFeatureModule {
  static with(names: readonly [string, ...string[]]): DynamicModule {
    const providers = [
      tracerProvider(TRACER, names[0]),
      // They are also provided app-wide, except for a module that is loaded later.
      ...names.map((name) => tracerProvider(namedTracer(name, 'TracingModule.forFeature()'), name)),
    ];
    return {
      module: TracingFeatureModule,
      providers: [{ provide: FEATURE_NAMES, useValue: names }, ...providers],
      exports: providers.map(({ provide }) => provide),
    };
  }
}

function tracerProvider(token: symbol, name: string): Provider & { provide: symbol } {
  return {
    provide: token,
    useFactory: (app?: FeatureApp) => {
      if (app !== undefined) {
        app.modulesHaveChanged();
        return app.moduleTracer(name);
      }
      throw tracingError('TRACING_NO_ROOT', `A module imports TracingModule.forFeature('${name}')`);
    },
    inject: [{ token: TRACING_APP, optional: true }],
  };
}
