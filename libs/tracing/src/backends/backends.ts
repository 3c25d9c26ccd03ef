import type { Settings } from '../options/settings.js';
import type { Backend, BackendParts } from './backend.js';
import { otlp } from './otlp.js';
import { loadXRay } from './xray/load-xray.js';
import { xray } from './xray/xray.js';

/** With `none`, a trace that comes in goes on with the headers of OTLP's. */
const backends: Readonly<Record<Settings['backend'], Backend>> = { jaeger: otlp, xray, none: otlp };

export function backendOf({ backend }: Pick<Settings, 'backend'>): Backend {
  return backends[backend];
}

/**
 * Loads what a backend, or the sampler that is asked for, needs beside.
 *
 * @param warn warns the operator of what is missing, now or later
 */
export function loadBackend(
  settings: Settings,
  warn: (message: string) => void,
): Promise<BackendParts> {
  return loadXRay(settings, warn);
}
