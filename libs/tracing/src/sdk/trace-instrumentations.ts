import { trace, type TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { Undos, type Undo } from '../app/patch.js';

/**
 * The providers that apps have given to an instrumentation, the oldest first. Apps that are created from
 * the same module share its instrumentations.
 */
const providersOf = new WeakMap<Instrumentation, TracerProvider[]>();

/**
 * Gives a tracer provider to instrumentations and enables the disabled ones. The returned function undoes
 * both. If an instrumentation throws, both are undone at once.
 */
export function traceInstrumentations(
  instrumentations: readonly Instrumentation[],
  provider: TracerProvider,
): Undo {
  const undos = new Undos();
  try {
    for (const instrumentation of instrumentations) {
      undos.add(() => giveBack(instrumentation, provider));
      give(instrumentation, provider);
    }
  } catch (error) {
    undos.run();
    throw error;
  }
  return () => undos.run();
}

function give(instrumentation: Instrumentation, provider: TracerProvider): void {
  const providers = providersOf.get(instrumentation) ?? [];
  providersOf.set(instrumentation, [...providers, provider]);
  if (providers.length > 0) return;
  instrumentation.setTracerProvider(provider);
  if (isEnabledByUs(instrumentation)) instrumentation.enable();
}

function giveBack(instrumentation: Instrumentation, provider: TracerProvider): void {
  const providers = providersOf.get(instrumentation) ?? [];
  const others = providers.filter((one) => one !== provider);
  providersOf.set(instrumentation, others);
  if (providers[0] !== provider) return;
  instrumentation.setTracerProvider(others[0] ?? trace.getTracerProvider());
  if (others.length === 0 && isEnabledByUs(instrumentation)) instrumentation.disable();
}

/** Whether the constructor has not enabled the instrumentation. */
function isEnabledByUs(instrumentation: Instrumentation): boolean {
  return !instrumentation.getConfig().enabled;
}
