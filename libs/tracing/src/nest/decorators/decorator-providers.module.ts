import { Module, type DynamicModule } from '@nestjs/common';
import { namedTracers } from '../feature/named-tracers.js';

/** Makes known in the whole app what only its decorators tell of. */
@Module({})
export class DecoratorProvidersModule {
  static bring(): DynamicModule {
    return {
      module: DecoratorProvidersModule,
      global: true,
      // Read when Nest scans the modules.
      get providers() {
        return namedTracers.providers;
      },
      get exports() {
        return namedTracers.tokens;
      },
    };
  }
}
