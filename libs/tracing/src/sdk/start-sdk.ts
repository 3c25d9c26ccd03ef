import type { TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import type { Settings } from '../settings/settings.js';
import { registeredTracerProvider, takeGlobals } from './globals.js';
import { passThrough } from './pass-through.js';
import { startFurtherSdk } from './start-further-sdk.js';
import { startNodeSdk } from './start-node-sdk.js';
import { useRegisteredProvider } from './use-registered-provider.js';

export interface Sdk {
  /** Whether the spans are exported by us; false with `none` and with somebody else's provider. */
  readonly isExporting: boolean;
  /** Whether somebody else registered the tracer provider, before us. */
  readonly isForeign: boolean;
  readonly tracerProvider: TracerProvider;
  readonly propagator: TextMapPropagator;
  /**
   * Exports what has ended and gives back what was taken. Takes `shutdownTimeout` milliseconds at
   * the most; rejects if not everything could be exported.
   */
  shutdown(): Promise<void>;
}

/**
 * Starts the OpenTelemetry SDK for traces, as the settings say. The first app of a process takes
 * the OpenTelemetry globals, a further one has a provider of its own (rule 24).
 */
export function startSdk(settings: Settings): Sdk {
  const foreign = registeredTracerProvider();
  if (foreign !== undefined) return useRegisteredProvider(foreign);
  const release = takeGlobals();
  if (settings.backend === 'none') return passThrough(settings, release);
  return release === undefined ? startFurtherSdk(settings) : startNodeSdk(settings, release);
}
