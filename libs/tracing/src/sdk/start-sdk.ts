import type { Settings } from '../settings/settings.js';
import { registeredTracerProvider, takeGlobals } from './globals.js';
import { passThrough } from './pass-through.js';
import type { Sdk } from './sdk.js';
import { startFurtherSdk } from './start-further-sdk.js';
import { startNodeSdk } from './start-node-sdk.js';
import { useRegisteredProvider } from './use-registered-provider.js';

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
