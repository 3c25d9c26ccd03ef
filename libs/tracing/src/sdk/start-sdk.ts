import type { Settings } from '../settings/settings.js';
import { closedGlobals, registeredTracerProvider, takeGlobals } from './globals.js';
import { otlpOutput } from './otlp-output.js';
import { passThrough } from './pass-through.js';
import type { Sdk } from './sdk.js';
import type { SpanOutput } from './span-output.js';
import { startFurtherSdk } from './start-further-sdk.js';
import { startNodeSdk } from './start-node-sdk.js';
import { useRegisteredProvider } from './use-registered-provider.js';
import type { XRayParts } from './xray/xray-parts.js';

/** Starts the OpenTelemetry SDK for traces, as the settings say, or uses what is there already. */
export function startSdk(settings: Settings, xray?: XRayParts): Sdk {
  const foreign = registeredTracerProvider();
  return foreign === undefined
    ? startOwnSdk(settings, otlpOutput, xray)
    : useRegisteredProvider(foreign);
}

/**
 * Starts it with an output of one's own. The first app of a process takes the OpenTelemetry globals,
 * a further one has a provider of its own (rule 24).
 */
export function startOwnSdk(
  settings: Settings,
  output: (settings: Settings) => SpanOutput,
  xray: XRayParts = {},
): Sdk {
  const release = registeredTracerProvider() === undefined ? takeGlobals() : undefined;
  if (settings.backend === 'none') return passThrough(settings, release);
  const fault = release && closedGlobals();
  if (fault !== undefined) return { ...passThrough(settings, release), fault };
  return release === undefined
    ? startFurtherSdk(settings, output(settings), xray)
    : startNodeSdk(settings, output(settings), release, xray);
}
