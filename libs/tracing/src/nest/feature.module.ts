import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { TracingApp } from '../span/tracing-app.js';
import { namedTracer, PACKAGE_NAMES, TRACER, TRACING_APP } from './tokens.js';

/** What a Nest module imports to have tracers of its own. */
@Module({})
export class TracingFeatureModule {
  static with(names: readonly [string, ...string[]]): DynamicModule {
    const [own] = names;
    return {
      module: TracingFeatureModule,
      imports: names.map((name) => NamedTracerModule.with(name)),
      providers: [{ provide: PACKAGE_NAMES, useValue: names }, tracerProvider(TRACER, own)],
      exports: [TRACER],
    };
  }
}

/** Makes the tracer of a package known by its name in the whole app. */
@Module({})
class NamedTracerModule {
  static with(name: string): DynamicModule {
    const token = namedTracer(name);
    return {
      module: NamedTracerModule,
      global: true,
      providers: [tracerProvider(token, name)],
      exports: [token],
    };
  }
}

function tracerProvider(token: symbol, name: string): Provider {
  return {
    provide: token,
    useFactory: (app: TracingApp) => app.packageTracer(name),
    inject: [TRACING_APP],
  };
}
