import { trace, type TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { Undos, type Undo } from '../span/app/undos.js';

/**
 * The providers that apps have given an instrumentation, the oldest first: apps may share one, as where
 * several are made of one module.
 */
const providersOf = new WeakMap<Instrumentation, TracerProvider[]>();

/**
 * Gives instrumentations a tracer provider, and enables those that are not, until the function that it
 * returns is called. If one of them throws, all of that is undone.
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

/** One that its own configuration does not disable is enabled from its construction on. */
function isEnabledByUs(instrumentation: Instrumentation): boolean {
  return !instrumentation.getConfig().enabled;
}
