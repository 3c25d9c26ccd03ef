import type { Settings } from '../options/settings.js';
import type { Backend, BackendParts } from './backend.js';
import { otlp } from './otlp.js';
import { loadXRay, xray } from './xray/xray.js';

/** The backends by name. With `none`, traces are still propagated, with the default propagators of OTLP. */
const backends: Readonly<Record<Settings['backend'], Backend>> = { jaeger: otlp, xray, none: otlp };

export function backendOf({ backend }: Pick<Settings, 'backend'>): Backend {
  return backends[backend];
}

/**
 * Loads the parts that the backend or the configured sampler needs.
 *
 * @param warn logs a warning if a part is missing, now or later
 */
export function loadBackend(
  settings: Settings,
  warn: (message: string) => void,
): Promise<BackendParts> {
  return loadXRay(settings, warn);
}
