import type {
  Instrumentation,
  InstrumentationModuleDefinition,
} from '@opentelemetry/instrumentation';

/**
 * The modules that an instrumentation traces, with what it has seen of them: `moduleVersion` once one
 * is loaded, `moduleExports` once it is patched. The base class of OpenTelemetry has no other place to
 * learn this; of an instrumentation without it nothing is known.
 */
export function tracedModules(
  instrumentation: Instrumentation,
): readonly InstrumentationModuleDefinition[] {
  const modules: unknown = Reflect.get(instrumentation, '_modules');
  return Array.isArray(modules) ? (modules as InstrumentationModuleDefinition[]) : [];
}
