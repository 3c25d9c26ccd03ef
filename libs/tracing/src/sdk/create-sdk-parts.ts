import type { Resource } from '@opentelemetry/resources';
import type { IdGenerator, Sampler } from '@opentelemetry/sdk-trace';
import type { Settings } from '../settings/settings.js';
import type { Undos } from '../span/app/undos.js';
import { createResource } from './create-resource.js';
import { createSampler } from './create-sampler.js';
import { spanLimits, type Limits } from './span-limits.js';
import { traceIds } from './trace-ids.js';
import type { XRayParts } from './xray/xray-parts.js';

/** What a tracer provider is made of, beside its span processors. */
export interface SdkParts {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly idGenerator: IdGenerator;
  readonly spanLimits: Limits;
}

/** @param undos receive functions that end background work */
export function createSdkParts(settings: Settings, xray: XRayParts, undos: Undos): SdkParts {
  const found = xray.createDetectors?.();
  if (found !== undefined) undos.add(() => found.stop());
  const resource = createResource(settings, found?.detectors);
  const rules = xray.createSampler?.(resource);
  if (rules !== undefined) undos.add(() => rules.stop());
  void xray.look?.(resource);
  return {
    resource,
    sampler: createSampler(settings.sampling, rules),
    idGenerator: traceIds(xray.idGenerator),
    spanLimits: spanLimits(),
  };
}
