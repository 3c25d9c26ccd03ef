import type { Settings } from '../settings/settings.js';
import { closedGlobals } from './api-globals.js';
import { otlpOutput } from './otlp-output.js';
import { passThrough } from './pass-through.js';
import { registeredTracerProvider } from './registered-provider.js';
import { isOurs } from './running-sdks.js';
import type { Sdk } from './sdk.js';
import { startRecordingSdk, type CreateOutput } from './start-recording-sdk.js';
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
 * Starts it with an output of one's own. Each app of a process has a tracer provider of its own, and all of
 * them share the OpenTelemetry globals (rule 24).
 */
export function startOwnSdk(
  settings: Settings,
  createOutput: CreateOutput,
  xray: XRayParts = {},
): Sdk {
  if (settings.backend === 'none') return passThrough(settings);
  const fault = isOurs('context') ? undefined : closedGlobals();
  if (fault !== undefined) return { ...passThrough(settings), fault };
  return startRecordingSdk(settings, createOutput, xray);
}
