import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';

/** The modules that an instrumentation traces; those that it has patched have `moduleExports`. */
export function tracedModules(
  instrumentation: Instrumentation,
): readonly InstrumentationModuleDefinition[] {
  const { getModuleDefinitions } = instrumentation as Partial<HasDefinitions>;
  return getModuleDefinitions?.call(instrumentation) ?? [];
}

interface HasDefinitions {
  getModuleDefinitions(): InstrumentationModuleDefinition[];
}
