import type { Resource } from '@opentelemetry/resources';
import type { IdGenerator, Sampler } from '@opentelemetry/sdk-trace';
import type { Settings } from '../settings/settings.js';
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
  /** Ends what goes on in the background. */
  stop(): void;
}

export function createSdkParts(settings: Settings, xray: XRayParts): SdkParts {
  const resource = createResource(settings, xray.createDetectors?.());
  const rules = xray.createSampler?.(resource);
  void xray.look?.(resource);
  return {
    resource,
    sampler: createSampler(settings.sampling, rules),
    idGenerator: traceIds(xray.idGenerator),
    spanLimits: spanLimits(),
    stop: () => rules?.stop(),
  };
}
