import { Module, type DynamicModule } from '@nestjs/common';
import { namedTracers } from '../feature/named-tracers.js';
import { otherTracingServices, TracingService } from '../tracing.service.js';

/** Makes known in the whole app what only its decorators tell of, and the other build's class. */
@Module({})
export class DecoratorProvidersModule {
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
